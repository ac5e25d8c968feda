import { EventLog, inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { TcpProxy } from '@usvideo/testing';
import type { LedgerCommand } from '../domain/batch';
import { decodeEvent } from './event-codec';
import {
  addFunds, adjust, LedgerWorld, newAccount, newJob, placeHold, PRICE_MICROS, refund, reverse, settle, TERMS, voidHold,
} from './ledger.fixture';
import { LedgerReader } from './ledger-reader';
import { LedgerStore } from './ledger-store';
import type { LedgerWriter } from './ledger-writer';
import { PriceBook } from './price-book';
import { LedgerVerifier } from './verifier';

/** Bugs that other ledgers had in public, by their number in the table of the research, each as a test of ours. */
describe('what went wrong elsewhere', () => {
  let world: LedgerWorld;
  let database: Database;
  let writers: [LedgerWriter, LedgerWriter];
  let reader: LedgerReader;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('observer');
    writers = [world.writer(world.open('one')), world.writer(world.open('two'))];
    reader = new LedgerReader(database);
  });
  afterEach(async () => expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n }));
  afterAll(() => world.stop());

  const submit = (command: LedgerCommand, n = 0) => writers[n % 2]!.submit(command);
  /** The same command from many clients of two instances at once. */
  const crowd = (command: (n: number) => LedgerCommand, clients = 30) => Promise.all(Array.from({ length: clients }, (_, n) => submit(command(n), n)));
  const accepted = (outcomes: { refusal: unknown; replayed: boolean }[]) => outcomes.filter(({ refusal, replayed }) => refusal === undefined && !replayed).length;
  const funded = async (micros = 10n * PRICE_MICROS) => {
    const accountId = newAccount();
    await submit(addFunds(accountId, micros));
    return accountId;
  };
  const held = async (micros?: bigint) => {
    const accountId = await funded(micros);
    const jobId = newJob();
    await submit(placeHold(accountId, jobId));
    return { accountId, jobId };
  };
  const charged = async () => {
    const job = await held();
    await submit(settle(job.accountId, job.jobId));
    return job;
  };
  const versionOf = async (accountId: string) => (await reader.balance(accountId)).version;

  it('1: holds count against the balance (6 of 1,000 on 5,000)', async () => {
    const accountId = await funded(4n * PRICE_MICROS);
    expect(accepted(await crowd(() => placeHold(accountId, newJob()), 6))).toBe(4);
  });

  it('2: a refused hold cannot be captured', async () => {
    const accountId = await funded(1n);
    const jobId = newJob();
    expect((await submit(placeHold(accountId, jobId))).refusal).toBe('insufficient_balance');
    expect((await submit(settle(accountId, jobId))).refusal).toBe('hold_unknown');
  });

  it('3: a hold is voided once', async () => {
    const { accountId, jobId } = await held();
    expect(accepted(await crowd(() => voidHold(accountId, jobId)))).toBe(1);
    expect((await reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS);
  });

  it('4: parts of a hold cannot be captured side by side', async () => {
    const { accountId, jobId } = await held();
    expect(accepted(await crowd((n) => settle(accountId, jobId, BigInt(n + 1))))).toBeLessThanOrEqual(30);
    const { rows } = await database.query<{ n: bigint }>("select count(*) as n from event where stream_id = $1 and kind = 'hold_captured'", [accountId]);
    expect(rows[0]!.n).toBe(1n);
  });

  it('5: a repeated capture is the same capture', async () => {
    const { accountId, jobId } = await held();
    expect(accepted(await crowd(() => settle(accountId, jobId)))).toBe(1);
    expect((await reader.balance(accountId)).totalSpendMicros).toBe(PRICE_MICROS);
  });

  it('6: what is refused leaves no trace', async () => {
    const { accountId, jobId } = await charged();
    const before = await versionOf(accountId);
    const refused = [
      refund(accountId, jobId, PRICE_MICROS + 1n), reverse(accountId, 1_000n * PRICE_MICROS), adjust(accountId, -1_000n * PRICE_MICROS),
      placeHold(accountId, jobId, { ...TERMS, durationSeconds: 6 }), voidHold(accountId, jobId), addFunds(accountId, 1n), settle(accountId, newJob()),
    ];
    for (const command of refused) expect((await submit(command)).refusal).toBeDefined();
    expect(await versionOf(accountId)).toBe(before);
  });

  it('7: a payment is added once, within the same millisecond too', async () => {
    const accountId = newAccount();
    expect(accepted(await crowd(() => addFunds(accountId, 7n)))).toBe(1);
    expect((await reader.balance(accountId)).availableMicros).toBe(7n);
  });

  it('8: a retry carries no id of its own', async () => {
    const { accountId, jobId } = await held();
    const [first, second] = [await submit(placeHold(accountId, jobId)), await submit(placeHold(accountId, jobId), 1)];
    expect(first.state.hold).toEqual(second.state.hold);
  });

  it('9: the same key twice in one batch', async () => {
    const accountId = newAccount();
    const twice = await Promise.all([submit(addFunds(accountId, 5n)), submit(addFunds(accountId, 5n)), submit(addFunds(accountId, 6n))]);
    expect(twice.map(({ refusal, replayed }) => refusal ?? replayed)).toEqual([false, true, 'payment_conflict']);
  });

  it('10: key and effect commit together or not at all', async () => {
    const accountId = newAccount();
    const store = new LedgerStore(new PriceBook());
    await expect(inTransaction(database, async (tx, now) => {
      await store.apply(tx, now, [{ command: addFunds(accountId, 5n), traceparent: '' }]);
      throw new Error('the process dies before COMMIT');
    })).rejects.toThrow('dies');
    expect((await submit(addFunds(accountId, 5n))).replayed).toBe(false);
  });

  it('11: an answer means that it is on disk, whatever the connection does next', async () => {
    const accountId = await funded();
    const jobs = Array.from({ length: 40 }, newJob);
    const answers = await Promise.allSettled(jobs.map(async (jobId, n) => {
      if (n === 20) await database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'one' and datname = current_database()");
      return { jobId, outcome: await submit(placeHold(accountId, jobId)) };
    }));
    const acknowledged = answers.flatMap((one) => (one.status === 'fulfilled' && one.value.outcome.refusal === undefined ? [one.value.jobId] : []));
    const { rows } = await database.query<{ job_id: string }>('select job_id from hold where job_id = any($1)', [acknowledged]);
    expect(rows).toHaveLength(acknowledged.length);
    expect(acknowledged.length).toBeGreaterThan(0);
  });

  it('12: nothing but the database knows a balance', async () => {
    const accountId = await funded();
    await world.writer(world.open('third')).submit(placeHold(accountId, newJob()));
    expect((await submit(placeHold(accountId, newJob()))).state.availableMicros).toBe(8n * PRICE_MICROS);
  });

  it('13: a write that changes fewer rows than it means to is an error', async () => {
    const accountId = await funded();
    const store = new LedgerStore(new PriceBook());
    const forgetful = (tx: Transaction): Transaction => ({
      query: async (statement) => {
        const result = await tx.query(statement);
        return (typeof statement === 'object' && statement.name === 'entry_insert' ? { ...result, rowCount: 0 } : result) as never;
      },
    });
    await expect(inTransaction(database, (tx, now) => store.apply(forgetful(tx), now, [{ command: adjust(accountId, 1n), traceparent: '' }]))).rejects.toThrow('entry_insert changed 0 rows of 1');
    expect(await versionOf(accountId)).toBe(1n);
  });

  it('14 and 15: readers of the log miss nothing, and no open transaction of others holds them up', async () => {
    const idle = await database.connect();
    await idle.query('begin; create temporary table open_write (n integer); insert into open_write values (1)');
    const accountId = await funded(1_000n * PRICE_MICROS);
    await crowd(() => placeHold(accountId, newJob()), 100);
    const log = new EventLog(database);
    let seen = 0n;
    for (let shard = 0; shard < 16; shard++) {
      const events = await log.read(shard, 0n, 100_000);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => BigInt(index + 1)));
      seen += BigInt(events.filter((event) => event.accountId === accountId).length);
    }
    await idle.query('rollback');
    idle.release();
    expect(seen).toBe(101n);
  });

  it('16: an append on a stale head fails', async () => {
    const accountId = await funded();
    const insert = `insert into event select shard, shard_seq + 1000000, event_id || 'x', previous_event_id, stream_id, version, account_id, environment, kind,
      payload, previous_hash, hash, traceparent, recorded_at from event where stream_id = '${accountId}'`;
    await expect(database.query(insert)).rejects.toThrow('unique');
  });

  it('17: a consumer never passes over what it could not handle', async () => {
    const accountId = await funded();
    const log = new EventLog(database);
    const events = (await Promise.all(Array.from({ length: 16 }, (_, shard) => log.read(shard, 0n, 100_000)))).flat();
    const own = events.find((event) => event.accountId === accountId)!;
    const before = events.find((event) => event.shard === own.shard && event.seq === own.seq - 1n);
    expect(own.previousEventId).toBe(before?.eventId ?? '');
  });

  it('18: versions are numbered where they are decided, not where rows come back', async () => {
    const accountId = await funded(100n * PRICE_MICROS);
    const jobs = Array.from({ length: 50 }, newJob);
    await Promise.all(jobs.map((jobId) => writers[0].submit(placeHold(accountId, jobId))));
    const { rows } = await database.query<{ payload: Buffer }>("select payload from event where stream_id = $1 and kind = 'hold_placed' order by version", [accountId]);
    expect(rows.map((row) => (decodeEvent(row.payload).value as { jobId: string }).jobId)).toEqual(jobs);
  });

  it('19: a checkpoint stands by itself', async () => {
    const accountId = newAccount();
    const jobId = newJob();
    await world.at(database, '2026-01-31T12:00:00Z', addFunds(accountId, 5n * PRICE_MICROS), placeHold(accountId, jobId));
    await world.at(database, '2026-02-01T12:00:00Z', settle(accountId, jobId));
    const { rows } = await database.query<{ payload: Buffer }>("select payload from event where stream_id = $1 and kind = 'period_closed'", [accountId]);
    expect(decodeEvent(rows[0]!.payload).value).toMatchObject({ closing: { availableMicros: 4n * PRICE_MICROS, heldMicros: PRICE_MICROS }, openHolds: [{ jobId, amountMicros: PRICE_MICROS }] });
  });

  it('20: money that comes after a month has ended does not pay for it', async () => {
    const accountId = newAccount();
    await world.at(database, '2026-01-31T12:00:00Z', addFunds(accountId, 1n));
    await world.at(database, '2026-02-01T12:00:00Z', addFunds(accountId, 2n, 'pay_2'));
    const { rows } = await database.query<{ added_micros: bigint }>('select added_micros from statement where account_id = $1', [accountId]);
    expect(rows).toEqual([{ added_micros: 1n }]);
  });

  it('21: every answer is whole under load', async () => {
    const accountId = await funded(1_000n * PRICE_MICROS);
    for (const { state, refusal } of await crowd(() => placeHold(accountId, newJob()), 200)) {
      expect(refusal).toBeUndefined();
      expect(state.hold).toMatchObject({ accountId, state: 'pending', amountMicros: PRICE_MICROS });
    }
  });

  it('22: a late transaction ends nobody else\'s', async () => {
    const accountId = await funded();
    const slow = inTransaction(database, async (tx) => { await tx.query('select 1'); throw new Error('late'); }).catch((error: Error) => error.message);
    const [message, outcome] = await Promise.all([slow, submit(placeHold(accountId, newJob()))]);
    expect([message, outcome.refusal]).toEqual(['late', undefined]);
    expect(database.idleCount).toBe(database.totalCount);
  });

  describe('and what a database can do to a batch', () => {
    /** Raises once, in the middle of a batch, what the server raises by itself now and then. */
    const raising = async (sqlState: string, when = 'true', times = 1) => {
      await database.query(`
        create sequence raised; create function raise_it() returns trigger language plpgsql as $$ begin
          if ${when} and nextval('raised') <= ${times} then raise exception 'as the server would' using errcode = '${sqlState}'; end if; return new; end $$;
        create trigger raise_it before insert on entry for each row execute function raise_it()`);
      return () => database.query('drop trigger raise_it on entry; drop function raise_it; drop sequence raised').then(() => undefined);
    };

    it.each([['a deadlock', '40P01'], ['a serialization failure', '40001'], ['a lock time-out', '55P03'], ['a shutdown', '57P01']])('%s costs a retry and is done once', async (_, sqlState) => {
      const accountId = await funded();
      const clear = await raising(sqlState);
      const outcomes = await crowd(() => adjust(accountId, 5n), 10);
      await clear();
      expect(accepted(outcomes)).toBe(1);
      expect((await reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
    });

    it('a poisonous command fails alone', async () => {
      const accounts = await Promise.all(Array.from({ length: 8 }, () => funded()));
      const clear = await raising('22012', `new.account_id = '${accounts[3]}'`, 1_000);
      const results = await Promise.allSettled(accounts.map((accountId) => writers[0].submit(adjust(accountId, 5n))));
      await clear();
      expect(results.map((result) => result.status)).toEqual(accounts.map((_, n) => (n === 3 ? 'rejected' : 'fulfilled')));
    });

    it('a statement time-out fails its batch, which may be asked again', async () => {
      const accountId = await funded();
      const clear = await raising('57014', 'true', 1_000);
      await expect(submit(adjust(accountId, 5n))).rejects.toMatchObject({ code: '57014' });
      await clear();
      expect((await submit(adjust(accountId, 5n))).replayed).toBe(false);
    });

    it('a COMMIT whose answer was lost is found done under its key', async () => {
      const accountId = await funded();
      const proxy = await TcpProxy.to(world.url);
      const lossy = world.writer(world.open('lossy', proxy.through(world.url)), 1);
      let lose = true;
      proxy.onClientData((chunk, line) => {
        if (!lose || !chunk.includes('commit')) return;
        lose = false;
        line.loseAnswer();
      });
      expect(await lossy.submit(adjust(accountId, 5n))).toMatchObject({ refusal: undefined, replayed: true });
      expect((await reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
      await proxy.stop();
    });

    it('a COMMIT that answers ROLLBACK is not taken for done', async () => {
      const accountId = await funded();
      const store = new LedgerStore(new PriceBook());
      await expect(inTransaction(database, async (tx, now) => {
        const outcomes = await store.apply(tx, now, [{ command: adjust(accountId, 5n), traceparent: '' }]);
        await tx.query('select 1 / 0').catch(() => undefined);
        return outcomes;
      })).rejects.toThrow('ROLLBACK');
      expect(await versionOf(accountId)).toBe(1n);
    });
  });
});
