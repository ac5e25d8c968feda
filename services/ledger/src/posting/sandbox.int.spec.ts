import { bookOf } from '@usvideo/contracts/books';
import type { LedgerCommand } from '../account/batch';
import { SANDBOX_FUNDS_MICROS } from '../account/sandbox';
import { observe } from '../proof/imbalance.sql';
import { StatementReader } from '../reading/statement-reader.sql';
import { UsageReader } from '../reading/usage-reader.sql';
import {
  addFunds,
  newAccount,
  newJob,
  placeHold,
  PRICE_MICROS,
  refund,
  settle,
  TERMS,
  twoInstances,
  voidHold,
} from './ledger.fixture';
import { SandboxOpener } from './sandbox-opener.service';

const DAYS = { startDate: '2020-01-01', endDate: '2099-12-31', apiKeyId: '', limit: 100, offset: 0 };

describe('the play money of a test environment', () => {
  const { ledger, submit, crowd } = twoInstances();

  const kindsOf = async (book: string) =>
    (
      await ledger.database.query<{ kind: string }>('select kind from event where stream_id = $1 order by version', [
        book,
      ])
    ).rows.map(({ kind }) => kind);
  const reset = (book: string, resetRef = newJob()): LedgerCommand => ({
    type: 'ResetSandbox',
    accountId: book,
    resetRef,
    author: 'key_1',
  });

  it('is there before its first use, once, however many begin with it', async () => {
    const book = bookOf(newAccount(), 'test');
    const outcomes = await crowd(() => placeHold(book, newJob()));
    expect(outcomes.every(({ refusal }) => refusal === undefined)).toBe(true);
    expect(await ledger.reader.balance(book)).toMatchObject({
      availableMicros: SANDBOX_FUNDS_MICROS - 30n * PRICE_MICROS,
      heldMicros: 30n * PRICE_MICROS,
    });
    expect((await kindsOf(book)).filter((kind) => kind === 'funds_added')).toHaveLength(1);
  });

  it('is there when it is only looked at', async () => {
    const book = bookOf(newAccount(), 'test');
    await Promise.all([0, 1].map((n) => new SandboxOpener(ledger.writers[n]!).open(book)));
    expect(await ledger.reader.balance(book)).toMatchObject({ availableMicros: SANDBOX_FUNDS_MICROS, version: 1n });
    const own = newAccount();
    await new SandboxOpener(ledger.writers[0]).open(own);
    expect(await ledger.reader.balance(own)).toMatchObject({ availableMicros: 0n, version: 0n });
  });

  it('moves as real money does, to the cent, and keeps apart from it', async () => {
    const account = newAccount();
    const play = bookOf(account, 'test');
    await submit(addFunds(account, SANDBOX_FUNDS_MICROS));
    const jobs = Array.from({ length: 5 }, () => [newJob(), newJob()] as const);
    const cap = (accountId: string): LedgerCommand => ({
      type: 'SetSpendCap',
      accountId,
      apiKeyId: 'key_1',
      limitMicros: 3n * PRICE_MICROS,
      author: 'ann',
    });
    const answers = await Promise.all(
      [account, play].map(async (book, n) => {
        const [captured, partly, released, voided, refused] = jobs.map((pair) => pair[n]!);
        const said: (string | undefined)[] = [];
        for (const command of [
          placeHold(book, captured!),
          placeHold(book, partly!),
          settle(book, captured!),
          settle(book, partly!, 250_000n),
          placeHold(book, released!, { ...TERMS, apiKeyId: 'key_2' }),
          settle(book, released!, 0n),
          placeHold(book, voided!),
          voidHold(book, voided!),
          refund(book, captured!, 500_000n),
          cap(book),
          placeHold(book, refused!),
          placeHold(book, newJob()),
          placeHold(book, newJob()),
          { ...placeHold(book, newJob(), { ...TERMS, resolution: '9p' }) },
        ])
          said.push((await submit(command)).refusal);
        return said;
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toEqual([...Array<undefined>(12).fill(undefined), 'spend_cap_reached', 'price_unavailable']);
    const shown = async (book: string) => {
      const { accountId: _, lastRecordedAt: __, ...balance } = await ledger.reader.balance(book);
      const entries = await ledger.reader.entries({
        accountId: book,
        limit: 100,
        offset: 0,
        beforeVersion: 0n,
        jobId: '',
      });
      const { totals } = await new UsageReader(ledger.database).page({ ...DAYS, accountId: book });
      const { caps } = await ledger.reader.caps(book);
      const [month] = await new StatementReader(ledger.database).all(book);
      return {
        balance,
        totals,
        caps,
        month,
        entries: entries.map(
          ({ kind, availableChangeMicros, heldChangeMicros, availableAfterMicros, heldAfterMicros }) => [
            kind,
            availableChangeMicros,
            heldChangeMicros,
            availableAfterMicros,
            heldAfterMicros,
          ],
        ),
      };
    };
    expect(await shown(play)).toEqual(await shown(account));
    const [own] = jobs[0]!;
    expect((await submit(settle(play, own))).refusal).toBe('hold_conflict');
  });

  it('files its events under its account, in the environment test, for whoever hears them', async () => {
    const account = newAccount();
    await submit(placeHold(bookOf(account, 'test'), newJob()));
    const { rows } = await ledger.database.query(
      'select distinct account_id, environment from event where stream_id = $1',
      [bookOf(account, 'test')],
    );
    expect(rows).toEqual([{ account_id: account, environment: 'test' }]);
  });

  it('comes back to what it began with, while what is held stays held', async () => {
    const book = bookOf(newAccount(), 'test');
    const [spent, running] = [newJob(), newJob()];
    for (const command of [placeHold(book, spent), settle(book, spent), placeHold(book, running), reset(book)])
      expect((await submit(command)).refusal).toBeUndefined();
    expect(await ledger.reader.balance(book)).toMatchObject({
      availableMicros: SANDBOX_FUNDS_MICROS - PRICE_MICROS,
      heldMicros: PRICE_MICROS,
      totalSpendMicros: PRICE_MICROS,
    });
    await submit(settle(book, running, 0n));
    expect((await ledger.reader.balance(book)).availableMicros).toBe(SANDBOX_FUNDS_MICROS);
    expect(await submit(reset(book))).toMatchObject({ replayed: true });
  });

  it('is brought down as well, by what a refund gave back after a reset', async () => {
    const book = bookOf(newAccount(), 'test');
    const job = newJob();
    for (const command of [
      placeHold(book, job),
      settle(book, job),
      reset(book, 'reset_1'),
      refund(book, job, PRICE_MICROS),
      reset(book, 'reset_1'),
    ])
      await submit(command);
    expect((await ledger.reader.balance(book)).availableMicros).toBe(SANDBOX_FUNDS_MICROS + PRICE_MICROS);
    await submit(reset(book, 'reset_2'));
    expect((await ledger.reader.balance(book)).availableMicros).toBe(SANDBOX_FUNDS_MICROS);
  });

  it('balances by itself, and is no part of what customers own', async () => {
    const before = await observe(ledger.database);
    const account = newAccount();
    const job = newJob();
    for (const command of [
      addFunds(account, 7n),
      placeHold(bookOf(account, 'test'), job),
      settle(bookOf(account, 'test'), job),
      placeHold(bookOf(account, 'test'), newJob()),
    ])
      await submit(command);
    const after = await observe(ledger.database);
    expect([before.imbalanceMicros, after.imbalanceMicros]).toEqual([0n, 0n]);
    expect(after.live).toEqual({ ...before.live, availableMicros: before.live.availableMicros + 7n });
    expect(after.play).toEqual({
      availableMicros: before.play.availableMicros + SANDBOX_FUNDS_MICROS - 2n * PRICE_MICROS,
      heldMicros: before.play.heldMicros + PRICE_MICROS,
      spentMicros: before.play.spentMicros + PRICE_MICROS,
      pendingHolds: before.play.pendingHolds + 1n,
    });
  });

  it('is reset once, however many ask at the same time', async () => {
    const book = bookOf(newAccount(), 'test');
    const job = newJob();
    for (const command of [placeHold(book, job), settle(book, job)]) await submit(command);
    await crowd(() => reset(book));
    expect((await kindsOf(book)).filter((kind) => kind === 'adjustment_made')).toHaveLength(1);
    expect((await ledger.reader.balance(book)).availableMicros).toBe(SANDBOX_FUNDS_MICROS);
  });
});
