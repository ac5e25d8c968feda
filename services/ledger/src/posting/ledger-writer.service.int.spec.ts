import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import type { LedgerCommand, Outcome } from '../account/batch';
import { observe } from '../proof/imbalance.sql';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LedgerWriter } from './ledger-writer.service';
import { PriceList } from '../prices/price-book.sql';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { LedgerVerifier } from '../proof/verifier.sql';

const logger = createLogger('ledger', 'silent');
const PRICE_MICROS = 1_250_000n;
const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };

const addFunds = (accountId: string, amountMicros: bigint, paymentRef = 'pay_1'): LedgerCommand => ({
  type: 'AddFunds',
  accountId,
  amountMicros,
  source: 'manual',
  paymentRef,
  author: 'ops',
  note: '',
});
const placeHold = (accountId: string, jobId: string): LedgerCommand => ({
  type: 'PlaceHold',
  accountId,
  jobId,
  terms: TERMS,
});
const voidHold = (accountId: string, jobId: string): LedgerCommand => ({ type: 'VoidHold', accountId, jobId });
const settle = (accountId: string, jobId: string, chargedMicros: bigint): LedgerCommand => ({
  type: 'Settle',
  accountId,
  jobId,
  chargedMicros,
  releasedMicros: PRICE_MICROS - chargedMicros,
  rule: 'completed',
});
const newAccount = () => `acc_${ulid()}`;
const newJobs = (count: number) => Array.from({ length: count }, () => `job_${ulid()}`);
const refusals = (outcomes: Outcome[]) =>
  Map.groupBy(outcomes, (outcome) => outcome.refusal ?? (outcome.replayed ? 'replayed' : 'accepted'));

describe('two instances of the ledger on one database', () => {
  let databases: Database[];
  let writers: [LedgerWriter, LedgerWriter];
  let reader: LedgerReader;

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    const open = (applicationName: string) => openDatabase({ url, poolSize: 4, applicationName }, () => undefined);
    databases = [open('ledger_one'), open('ledger_two'), open('observer')];
    const start = (database: Database) =>
      new LedgerWriter({ database, lanes: 2, onCommitted: () => undefined, logger });
    writers = [start(databases[0]!), start(databases[1]!)];
    reader = new LedgerReader(databases[2]!);
  });

  afterEach(async () => {
    expect(await new LedgerVerifier(databases[2]!).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n });
    expect(await observe(databases[2]!)).toMatchObject({ imbalanceMicros: 0n });
  });

  afterAll(() => Promise.all(databases.map((database) => database.end())));

  const eventCount = async (accountId: string) =>
    (await databases[2]!.query<{ n: bigint }>('select count(*) as n from event where stream_id = $1', [accountId]))
      .rows[0]!.n;
  const pendingHolds = async (accountId: string) =>
    (
      await databases[2]!.query<{ n: bigint }>(
        "select count(*) as n from hold where account_id = $1 and state = 'pending'",
        [accountId],
      )
    ).rows[0]!.n;

  it('place exactly as many of 500 holds as the balance covers', async () => {
    const accountId = newAccount();
    await writers[0].submit(addFunds(accountId, 137n * PRICE_MICROS + PRICE_MICROS - 1n));
    const outcomes = await Promise.all(
      newJobs(500).map((jobId, n) => writers[n % 2]!.submit(placeHold(accountId, jobId))),
    );
    const answers = refusals(outcomes);
    expect([answers.get('accepted')?.length, answers.get('insufficient_balance')?.length]).toEqual([137, 363]);
    expect(await reader.balance(accountId)).toMatchObject({
      availableMicros: PRICE_MICROS - 1n,
      heldMicros: 137n * PRICE_MICROS,
    });
  });

  it('refuse a hold one cent short and leave no trace of it', async () => {
    const accountId = newAccount();
    await writers[0].submit(addFunds(accountId, PRICE_MICROS - 10_000n));
    expect((await writers[1].submit(placeHold(accountId, newJobs(1)[0]!))).refusal).toBe('insufficient_balance');
    expect(await eventCount(accountId)).toBe(1n);
  });

  it('place a job once that comes 50 times at once', async () => {
    const accountId = newAccount();
    const [jobId] = newJobs(1) as [string];
    await writers[0].submit(addFunds(accountId, 10n * PRICE_MICROS));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => writers[n % 2]!.submit(placeHold(accountId, jobId))),
    );
    expect(refusals(outcomes).get('accepted')).toHaveLength(1);
    expect(refusals(outcomes).get('replayed')).toHaveLength(49);
    expect(await reader.balance(accountId)).toMatchObject({
      availableMicros: 9n * PRICE_MICROS,
      heldMicros: PRICE_MICROS,
    });
  });

  it('add a payment once that comes 50 times at once', async () => {
    const accountId = newAccount();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => writers[n % 2]!.submit(addFunds(accountId, 7n))),
    );
    expect(refusals(outcomes).get('accepted')).toHaveLength(1);
    expect((await reader.balance(accountId)).availableMicros).toBe(7n);
  });

  it('never leave a pending hold once its place and its void are both acknowledged', async () => {
    const accountId = newAccount();
    await writers[0].submit(addFunds(accountId, 1_000n * PRICE_MICROS));
    const races = newJobs(200).map(async (jobId, n) => {
      const [placed, voided] = await Promise.all([
        writers[n % 2]!.submit(placeHold(accountId, jobId)),
        writers[(n >> 1) % 2]!.submit(voidHold(accountId, jobId)),
      ]);
      expect(voided.refusal).toBeUndefined();
      return placed;
    });
    const answers = refusals(await Promise.all(races));
    expect((answers.get('accepted')?.length ?? 0) + (answers.get('hold_voided')?.length ?? 0)).toBe(200);
    expect(await pendingHolds(accountId)).toBe(0n);
    expect(await reader.balance(accountId)).toMatchObject({ availableMicros: 1_000n * PRICE_MICROS, heldMicros: 0n });
  });

  it('let one of two contradicting verdicts win and record the other once', async () => {
    const accountId = newAccount();
    const jobs = newJobs(50);
    await writers[0].submit(addFunds(accountId, 50n * PRICE_MICROS));
    await Promise.all(jobs.map((jobId) => writers[0].submit(placeHold(accountId, jobId))));
    const verdicts = jobs.flatMap((jobId) =>
      [0n, PRICE_MICROS, 0n, PRICE_MICROS].map((charged, n) =>
        writers[n >> 1]!.submit(settle(accountId, jobId, charged)),
      ),
    );
    const answers = refusals(await Promise.all(verdicts));
    expect([
      answers.get('accepted')?.length,
      answers.get('replayed')?.length,
      answers.get('verdict_conflict')?.length,
    ]).toEqual([50, 50, 100]);
    expect(await pendingHolds(accountId)).toBe(0n);
    expect(await eventCount(accountId)).toBe(1n + 50n + 50n + 50n);
  });

  it('serve many accounts at once, new ones included, without a deadlock', async () => {
    const accounts = Array.from({ length: 60 }, newAccount);
    const commands = accounts.flatMap((accountId) => [
      addFunds(accountId, 5n * PRICE_MICROS),
      ...newJobs(4).map((jobId) => placeHold(accountId, jobId)),
    ]);
    await Promise.all(
      accounts.flatMap((accountId, n) => [
        writers[n % 2]!.submit(addFunds(accountId, 5n * PRICE_MICROS)),
        writers[(n + 1) % 2]!.submit(addFunds(accountId, 5n * PRICE_MICROS)),
      ]),
    );
    const outcomes = await Promise.all(commands.map((command, n) => writers[n % 2]!.submit(command)));
    expect(outcomes.every((outcome) => outcome.refusal === undefined)).toBe(true);
  });

  it('price a hold by what the book says now, without a restart', async () => {
    const accountId = newAccount();
    await writers[0].submit(addFunds(accountId, 1_000_000n * PRICE_MICROS));
    const model = `model-${ulid()}`;
    const amountOfOne = async () =>
      (await writers[0].submit({ type: 'PlaceHold', accountId, jobId: newJobs(1)[0]!, terms: { ...TERMS, model } }))
        .state.hold?.amountMicros;
    expect(await amountOfOne()).toBe(PRICE_MICROS);
    await new PriceList(databases[2]!).add({
      model,
      resolution: TERMS.resolution,
      perSecondMicros: 400_000n,
      effectiveFrom: undefined,
      author: 'ann',
    });
    expect(await amountOfOne()).toBe(PRICE_MICROS);
    await eventually(async () => (await amountOfOne()) === 2_000_000n, { what: 'the new price counts' });
  });

  it('carry out every command once although its connections are cut in the middle', async () => {
    const accountId = newAccount();
    await writers[0].submit(addFunds(accountId, 1_000n * PRICE_MICROS));
    const jobs = newJobs(400);
    let cuts = 0;
    let done = false;
    const cutting = (async () => {
      while (!done) {
        const { rows } = await databases[2]!.query<{ cut: bigint }>(
          "select count(pg_terminate_backend(pid)) as cut from pg_stat_activity where application_name = 'ledger_one' and state <> 'idle' and datname = current_database()",
        );
        cuts += Number(rows[0]!.cut);
        await new Promise(setImmediate);
        if (cuts >= 5) return;
      }
    })();
    const patiently = (command: LedgerCommand): Promise<Outcome> =>
      eventually(() => writers[0].submit(command), { what: 'the command is carried out' });
    for (let at = 0; at < jobs.length; at += 20) {
      const outcomes = await Promise.all(
        jobs.slice(at, at + 20).map((jobId) => patiently(placeHold(accountId, jobId))),
      );
      expect(outcomes.every((outcome) => outcome.refusal === undefined)).toBe(true);
    }
    done = true;
    await cutting;
    expect(cuts).toBeGreaterThan(0);
    expect(await reader.balance(accountId)).toMatchObject({
      availableMicros: 600n * PRICE_MICROS,
      heldMicros: 400n * PRICE_MICROS,
    });
  });

  it('refuse to change a hold that appears under another account meanwhile', async () => {
    const [one, two] = [newAccount(), newAccount()];
    await Promise.all([one, two].map((accountId) => writers[0].submit(addFunds(accountId, PRICE_MICROS))));
    const [jobId] = newJobs(1) as [string];
    const both = await Promise.allSettled([
      writers[0].submit(placeHold(one, jobId)),
      writers[1].submit(placeHold(two, jobId)),
    ]);
    const placed = both.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.refusal === undefined);
    expect(placed).toHaveLength(1);
    const balances = await Promise.all([one, two].map((accountId) => reader.balance(accountId)));
    expect(balances[0]!.heldMicros + balances[1]!.heldMicros).toBe(PRICE_MICROS);
  });
});
