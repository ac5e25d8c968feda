import { JobEvent } from '@usvideo/contracts/scheduler';
import { appendEvents, EMPTY_HEAD, EventLog, eventStoreSchema, inTransaction } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { eventually, postgres } from '@usvideo/testing';
import { jobsSubscription } from '../inbound/jobs.consumer';
import { decodeEvent, encodeEvent } from './event-codec';
import {
  addFunds,
  adjust,
  logger,
  newAccount,
  newJob,
  placeHold,
  PRICE_MICROS,
  settle,
  twoInstances,
} from './ledger.fixture';
import { LedgerStore } from './ledger.store';
import { PriceBook } from '../prices/price-book.sql';

/** Bugs that other ledgers had in public, by their number in the table of the research, each as a test of ours. */
describe('what went wrong elsewhere with events', () => {
  const { ledger, submit, funded, versionOf } = twoInstances();
  const held = async () => {
    const accountId = await funded();
    const jobId = newJob();
    await submit(placeHold(accountId, jobId));
    return { accountId, jobId };
  };

  it('14: a reader that keeps up with writers misses nothing and sees nothing twice', async () => {
    const accounts = await Promise.all(Array.from({ length: 6 }, () => funded(1_000n * PRICE_MICROS)));
    const log = new EventLog(ledger.world.open('reader'));
    const seen: bigint[][] = Array.from({ length: 16 }, () => []);
    let writing = true;
    const reading = (async () => {
      for (let isAtEnd = false; !isAtEnd;) {
        // A page that was asked for while somebody wrote may be empty and still not the last.
        const wasWriting = writing;
        const { events } = await log.page(new Map(seen.map((seqs, shard) => [shard, seqs.at(-1) ?? 0n])), 50);
        for (const event of events) seen[event.shard]!.push(event.seq);
        isAtEnd = !wasWriting && events.length === 0;
      }
    })();
    // Transactions that take their turn early and commit late, beside those that are quick.
    const slowly = (accountId: string) =>
      inTransaction(ledger.database, async (tx, now) => {
        const store = new LedgerStore(new PriceBook());
        await store.apply(tx, now, [{ command: placeHold(accountId, newJob()), traceparent: '' }]);
        await tx.query('select pg_sleep(0.05)');
      });
    await Promise.all([
      ...accounts.map((accountId) => slowly(accountId)),
      ...Array.from({ length: 300 }, (_, n) => submit(placeHold(accounts[n % accounts.length]!, newJob()), n)),
    ]);
    writing = false;
    await reading;
    const { rows } = await ledger.database.query<{ shard: number; n: bigint }>(
      'select shard, count(*) as n from event group by shard',
    );
    for (const { shard, n } of rows)
      expect(seen[shard]).toEqual(Array.from({ length: Number(n) }, (_, at) => BigInt(at + 1)));
  });

  it('15: no open transaction of others holds a reader up', async () => {
    const idle = await ledger.database.connect();
    await idle.query('begin; create temporary table open_write (n integer); insert into open_write values (1)');
    const accountId = await funded();
    const { shard } = (
      await ledger.database.query<{ shard: number }>('select shard from event where stream_id = $1', [accountId])
    ).rows[0]!;
    const events = await new EventLog(ledger.database).read(shard, 0n, 100_000);
    await idle.query('rollback');
    idle.release();
    expect(events.at(-1)?.streamId).toBe(accountId);
  });

  it('16: an append on a stale head fails, whatever its place in the shard', async () => {
    const accountId = await funded();
    const [, stale] = [
      await submit(adjust(accountId, 1n)),
      encodeEvent({
        event: { $case: 'balanceLow', value: { availableMicros: 0n, thresholdMicros: 0n } },
        traceparent: '',
      }),
    ];
    for (const version of [0n, 1n]) {
      await expect(
        inTransaction(ledger.database, (tx, now) =>
          appendEvents(tx, now, [
            {
              streamId: accountId,
              accountId,
              environment: 'live',
              head: { ...EMPTY_HEAD, version },
              events: [stale],
            },
          ]),
        ),
      ).rejects.toThrow('unique');
    }
    expect(await versionOf(accountId)).toBe(2n);
  });

  it('17: a consumer never passes over what it could not handle', async () => {
    const jobs = ledger.world.open('jobs', await (await postgres()).createDatabase('jobs'));
    await jobs.query(eventStoreSchema);
    const { accountId, jobId } = await held();
    const [second, third] = [newJob(), newJob()];
    await Promise.all([second, third].map((each) => submit(placeHold(accountId, each))));
    const verdict = { chargedMicros: 0n, releasedMicros: PRICE_MICROS, rule: 'cancelled' };
    const payload = JobEvent.encode({ event: { $case: 'jobCancelled', value: { verdict, byOwnKey: false } } }).finish();
    for (const streamId of [jobId, second, third]) {
      await inTransaction(jobs, (tx, now) =>
        appendEvents(tx, now, [
          {
            streamId,
            accountId,
            environment: 'live',
            head: EMPTY_HEAD,
            events: [{ kind: 'job_cancelled', payload, traceparent: '' }],
          },
        ]),
      );
    }
    await ledger.database.query(`
      create sequence failed; create function fail_first() returns trigger language plpgsql as $$ begin
        if new.job_id = '${jobId}' and nextval('failed') <= 5 then raise exception 'the disk is slow' using errcode = '57014'; end if; return new; end $$;
      create trigger fail_first before insert on entry for each row execute function fail_first()`);
    const transport = new LocalTransport({ logger });
    const publisher = transport.publish({ topic: 'usvideo.jobs.v1', database: jobs });
    const consumer = transport.subscribe(
      jobsSubscription(ledger.database, ledger.writers[0], { nudge: () => undefined }),
    );
    await eventually(async () => (await ledger.reader.balance(accountId)).heldMicros === 0n, {
      what: 'all three holds end',
    });
    await consumer.stop();
    await publisher.stop();
    await ledger.database.query('drop trigger fail_first on entry; drop function fail_first; drop sequence failed');
    const { rows } = await ledger.database.query<{ job_id: string }>(
      "select e.job_id from entry e join event v on v.stream_id = e.account_id and v.version = e.version where e.account_id = $1 and v.kind = 'hold_released' order by e.version",
      [accountId],
    );
    expect(rows.map((row) => row.job_id)).toEqual([jobId, second, third]);
  });

  it('18: versions are numbered where they are decided, not where rows come back', async () => {
    const accountId = await funded(100n * PRICE_MICROS);
    const jobs = Array.from({ length: 50 }, newJob);
    await Promise.all(jobs.map((jobId) => ledger.writers[0].submit(placeHold(accountId, jobId))));
    const { rows } = await ledger.database.query<{ payload: Buffer }>(
      "select payload from event where stream_id = $1 and kind = 'hold_placed' order by version",
      [accountId],
    );
    expect(rows.map((row) => (decodeEvent(row.payload).value as { jobId: string }).jobId)).toEqual(jobs);
  });

  it('19: a checkpoint stands by itself', async () => {
    const accountId = newAccount();
    const jobId = newJob();
    await ledger.world.at(
      ledger.database,
      '2026-01-31T12:00:00Z',
      addFunds(accountId, 5n * PRICE_MICROS),
      placeHold(accountId, jobId),
    );
    await ledger.world.at(ledger.database, '2026-02-01T12:00:00Z', settle(accountId, jobId));
    const { rows } = await ledger.database.query<{ payload: Buffer }>(
      "select payload from event where stream_id = $1 and kind = 'period_closed'",
      [accountId],
    );
    expect(decodeEvent(rows[0]!.payload).value).toMatchObject({
      closing: { availableMicros: 4n * PRICE_MICROS, heldMicros: PRICE_MICROS },
      openHolds: [{ jobId, amountMicros: PRICE_MICROS }],
    });
  });
});
