import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTransaction, TransactionEnded, type Transaction } from '@usvideo/event-store';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { eventually, TcpProxy } from '@usvideo/testing';
import type { Outcome } from '../account/batch';
import {
  accepted,
  addFunds,
  adjust,
  LedgerWorld,
  newAccount,
  newJob,
  placeHold,
  PRICE_MICROS,
  refund,
  reverse,
  settle,
  TERMS,
  twoInstances,
  voidHold,
} from './ledger.fixture';
import { LedgerStore } from './ledger.store';
import { PriceBook } from '../prices/price-book.sql';
import { LedgerVerifier } from '../proof/verifier.sql';

/** Bugs that other ledgers had in public, by their number in the table of the research, each as a test of ours. */
describe('what went wrong elsewhere', () => {
  const { ledger, submit, crowd, funded, versionOf } = twoInstances();
  /** Done by one of a crowd, and said to have been done to all others. */
  const expectOnce = (outcomes: readonly Outcome[]) => {
    expect(accepted(outcomes)).toBe(1);
    expect(outcomes.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
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
    expectOnce(await crowd(() => voidHold(accountId, jobId)));
    expect((await ledger.reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS);
  });

  it('4: parts of a hold cannot be captured side by side', async () => {
    const { accountId, jobId } = await held();
    expect(accepted(await crowd((n) => settle(accountId, jobId, BigInt(n + 1))))).toBe(1);
    const { rows } = await ledger.database.query<{ n: bigint }>(
      "select count(*) as n from event where stream_id = $1 and kind = 'hold_captured'",
      [accountId],
    );
    expect(rows[0]!.n).toBe(1n);
  });

  it('5: a repeated capture is the same capture', async () => {
    const { accountId, jobId } = await held();
    expectOnce(await crowd(() => settle(accountId, jobId)));
    expect((await ledger.reader.balance(accountId)).totalSpendMicros).toBe(PRICE_MICROS);
  });

  it('6: what is refused leaves no trace', async () => {
    const { accountId, jobId } = await charged();
    const before = await versionOf(accountId);
    const refused = [
      refund(accountId, jobId, PRICE_MICROS + 1n),
      reverse(accountId, 1_000n * PRICE_MICROS),
      adjust(accountId, -1_000n * PRICE_MICROS),
      placeHold(accountId, jobId, { ...TERMS, durationSeconds: 6 }),
      voidHold(accountId, jobId),
      addFunds(accountId, 1n),
      settle(accountId, newJob()),
    ];
    for (const command of refused) expect((await submit(command)).refusal).toBeDefined();
    expect(await versionOf(accountId)).toBe(before);
  });

  it('7: a payment is added once, within the same millisecond too', async () => {
    const accountId = newAccount();
    expectOnce(await crowd(() => addFunds(accountId, 7n)));
    expect((await ledger.reader.balance(accountId)).availableMicros).toBe(7n);
  });

  it('8: a retry carries no id of its own: asked again elsewhere after a lost answer, it is the same hold', async () => {
    const accountId = await funded();
    const proxy = await TcpProxy.to(ledger.world.url);
    const lossy = ledger.world.writer(ledger.world.open('lossy', proxy.through(ledger.world.url)), 1);
    const jobId = newJob();
    let committing: (() => void) | undefined;
    const lost = new Promise<void>((resolve) => {
      committing = resolve;
    });
    proxy.onClientData((chunk, line) => {
      if (!chunk.includes('commit')) return;
      line.loseAnswer();
      committing!();
    });
    const first = lossy.submit(placeHold(accountId, jobId)).catch((error: unknown) => error);
    await lost;
    await eventually(async () => (await versionOf(accountId)) === 2n, { what: 'the commit whose answer is lost' });
    const second = await submit(placeHold(accountId, jobId));
    expect(second).toMatchObject({
      refusal: undefined,
      replayed: true,
      state: { hold: { amountMicros: PRICE_MICROS, state: 'pending' } },
    });
    await proxy.stop();
    await first;
    expect(await versionOf(accountId)).toBe(2n);
  });

  it('9: the same key twice in one batch', async () => {
    const accountId = newAccount();
    const twice = await Promise.all([
      submit(addFunds(accountId, 5n)),
      submit(addFunds(accountId, 5n)),
      submit(addFunds(accountId, 6n)),
    ]);
    expect(twice.map(({ refusal, replayed }) => refusal ?? replayed)).toEqual([false, true, 'payment_conflict']);
  });

  it('10: key and effect commit together or not at all', async () => {
    const accountId = newAccount();
    const store = new LedgerStore(new PriceBook());
    await expect(
      inTransaction(ledger.database, async (tx, now) => {
        await store.apply(tx, now, [{ command: addFunds(accountId, 5n), traceparent: '' }]);
        throw new Error('the process dies before COMMIT');
      }),
    ).rejects.toThrow('dies');
    expect((await submit(addFunds(accountId, 5n))).replayed).toBe(false);
  });

  it('11: an answer means that it is on disk: nothing acknowledged is gone after the server died at once', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ledger-crash-'));
    const before = await startEmbeddedPostgres({ dataDir, port: 0, durable: true });
    await before.createDatabase('ledger');
    const own = await LedgerWorld.at(before.url('ledger'));
    const writer = own.writer(own.open('dying'));
    const accountId = newAccount();
    await writer.submit(addFunds(accountId, 10_000n * PRICE_MICROS));
    const acknowledged: string[] = [];
    const client = async () => {
      for (;;) {
        const jobId = newJob();
        await writer.submit(placeHold(accountId, jobId));
        acknowledged.push(jobId);
        // An immediate shutdown: no checkpoint, nothing flushed, as if the machine had lost power to the process.
        if (acknowledged.length === 300) process.kill(before.pid, 'SIGQUIT');
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, client));
    await before.exited;
    await own.stop();
    const after = await startEmbeddedPostgres({ dataDir, port: 0, durable: true });
    const recovered = await LedgerWorld.at(after.url('ledger'));
    const found = recovered.open('recovered');
    const { rows } = await found.query<{ job_id: string }>('select job_id from hold');
    const kept = new Set(rows.map((row) => row.job_id));
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    expect(acknowledged.filter((jobId) => !kept.has(jobId))).toEqual([]);
    expect((await new LedgerVerifier(found).verify()).differences).toEqual([]);
    await recovered.stop();
    await after.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('12: nothing but the database knows a balance', async () => {
    const accountId = await funded();
    await ledger.world.writer(ledger.world.open('third')).submit(placeHold(accountId, newJob()));
    expect((await submit(placeHold(accountId, newJob()))).state.availableMicros).toBe(8n * PRICE_MICROS);
  });

  it('13: a write that changes fewer rows than it means to is an error', async () => {
    const accountId = await funded();
    const store = new LedgerStore(new PriceBook());
    const forgetful = (tx: Transaction): Transaction => ({
      query: async (statement) => {
        const result = await tx.query(statement);
        return (
          typeof statement === 'object' && statement.name === 'entry_insert' ? { ...result, rowCount: 0 } : result
        ) as never;
      },
    });
    await expect(
      inTransaction(ledger.database, (tx, now) =>
        store.apply(forgetful(tx), now, [{ command: adjust(accountId, 1n), traceparent: '' }]),
      ),
    ).rejects.toThrow('entry_insert changed 0 rows of 1');
    expect(await versionOf(accountId)).toBe(1n);
  });

  it('20: money that comes after a month has ended does not pay for it', async () => {
    const accountId = newAccount();
    await ledger.world.at(ledger.database, '2026-01-31T12:00:00Z', addFunds(accountId, 1n));
    await ledger.world.at(ledger.database, '2026-02-01T12:00:00Z', addFunds(accountId, 2n, 'pay_2'));
    const { rows } = await ledger.database.query<{ added_micros: bigint }>(
      'select added_micros from statement where account_id = $1',
      [accountId],
    );
    expect(rows).toEqual([{ added_micros: 1n }]);
  });

  it('21: every answer is whole under load', async () => {
    const accountId = await funded(1_000n * PRICE_MICROS);
    for (const { state, refusal } of await crowd(() => placeHold(accountId, newJob()), 200)) {
      expect(refusal).toBeUndefined();
      expect(state.hold).toMatchObject({ accountId, state: 'pending', amountMicros: PRICE_MICROS });
    }
  });

  it("22: a late statement of a transaction that failed runs in nobody else's", async () => {
    const accountId = await funded();
    let late: Promise<unknown> | undefined;
    const failing = inTransaction(ledger.database, async (tx) => {
      late = eventually(() => ledger.database.idleCount === ledger.database.totalCount, {
        what: 'the connection to be given back',
      })
        .then(() => tx.query(`update ledger_account set available_micros = 0 where account_id = '${accountId}'`))
        .catch((error: unknown) => error);
      throw new Error('one part failed while another went on');
    });
    await expect(failing).rejects.toThrow('one part failed');
    expect(await late).toBeInstanceOf(TransactionEnded);
    expect((await submit(placeHold(accountId, newJob()))).refusal).toBeUndefined();
    expect((await ledger.reader.balance(accountId)).availableMicros).toBe(9n * PRICE_MICROS);
  });
});
