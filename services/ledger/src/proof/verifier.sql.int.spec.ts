import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import type { LedgerCommand } from '../account/batch';
import { VerificationRuns } from './verification-runs.sql';
import { Verification } from './verification.loop';
import { observe } from './imbalance.sql';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { LedgerVerifier } from './verifier.sql';
import { ledgerDifferences } from '../metrics';

const logger = createLogger('ledger', 'silent');
const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };
const job = { accountId: 'acc_1', jobId: 'job_captured' };

/** One account with every kind of event, one that was only refused, one with a tombstone alone. */
const HISTORY: LedgerCommand[] = [
  {
    type: 'AddFunds',
    accountId: 'acc_1',
    amountMicros: 10_000_000n,
    source: 'manual',
    paymentRef: 'pay_1',
    author: 'ops',
    note: '',
  },
  {
    type: 'AddFunds',
    accountId: 'acc_1',
    amountMicros: 1_000_000n,
    source: 'promotion',
    paymentRef: 'gift',
    author: 'ops',
    note: '',
  },
  { type: 'PlaceHold', ...job, terms: TERMS },
  { type: 'PlaceHold', accountId: 'acc_1', jobId: 'job_pending', terms: TERMS },
  { type: 'PlaceHold', accountId: 'acc_1', jobId: 'job_released', terms: TERMS },
  { type: 'Settle', ...job, chargedMicros: 1_000_000n, releasedMicros: 250_000n, rule: 'completed' },
  { type: 'VoidHold', accountId: 'acc_1', jobId: 'job_released' },
  { type: 'Settle', ...job, chargedMicros: 0n, releasedMicros: 1_250_000n, rule: 'cancelled' },
  { type: 'PlaceHold', accountId: 'acc_2', jobId: 'job_refused', terms: TERMS },
  { type: 'VoidHold', accountId: 'acc_3', jobId: 'job_tombstone' },
  {
    type: 'AddFunds',
    accountId: 'acc_4',
    amountMicros: 10_000_000n,
    source: 'stripe',
    paymentRef: 'pi_1',
    author: 'stripe',
    note: '',
  },
  { type: 'SetSpendCap', accountId: 'acc_4', apiKeyId: '', limitMicros: 9_000_000n, author: 'ann' },
  { type: 'SetLowBalanceThreshold', accountId: 'acc_4', thresholdMicros: 9_500_000n, author: 'ann' },
  { type: 'PlaceHold', accountId: 'acc_4', jobId: 'job_refunded', terms: TERMS },
  { type: 'SetSpendCap', accountId: 'acc_4', apiKeyId: 'key_1', limitMicros: 8_000_000n, author: 'ann' },
  {
    type: 'Settle',
    accountId: 'acc_4',
    jobId: 'job_refunded',
    chargedMicros: 1_250_000n,
    releasedMicros: 0n,
    rule: 'completed',
  },
  {
    type: 'RefundCapture',
    accountId: 'acc_4',
    jobId: 'job_refunded',
    refundKey: 'r1',
    amountMicros: 250_000n,
    reason: 'flicker',
    author: 'ann',
  },
  {
    type: 'Adjust',
    accountId: 'acc_4',
    adjustmentRef: 'adj_1',
    amountMicros: -1_000_000n,
    reason: 'duplicate',
    author: 'ann',
  },
  {
    type: 'ReverseFunds',
    accountId: 'acc_4',
    paymentRef: 'pi_1',
    reversalRef: 're_1',
    amountMicros: 10_000_000n,
    reason: 'dispute',
    author: 'stripe',
  },
];
/** One more than one per command, less the refused one: the balance fell below its threshold once. */
const EVENTS = 19n;

const TABLES = [
  'event',
  'ledger_account',
  'hold',
  'payment',
  'entry',
  'usage',
  'daily_usage',
  'natural_key',
  'key_cap',
  'statement',
];

describe('the verifier', () => {
  let database: Database;
  let verifier: LedgerVerifier;

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    database = openDatabase({ url, poolSize: 4, applicationName: 'verifier' }, () => undefined);
    verifier = new LedgerVerifier(database);
    const writer = new LedgerWriter({ database, lanes: 1, onCommitted: () => undefined, logger });
    for (const command of HISTORY) await writer.submit(command);
    await database.query(TABLES.map((table) => `create table sound_${table} as table ${table};`).join(''));
  });

  afterEach(() =>
    tamper(TABLES.map((table) => `delete from ${table}; insert into ${table} select * from sound_${table}`).join(';')),
  );
  afterAll(() => database.end());

  /** What only a superuser can do: the triggers that keep the event table append-only are switched off. */
  async function tamper(sql: string): Promise<void> {
    await database.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
  }

  it('finds nothing in a ledger that only the ledger wrote', async () => {
    expect(await verifier.verify()).toEqual({
      eventsChecked: EVENTS,
      postingsSumMicros: 0n,
      differences: [],
      rootsChecked: 0n,
      lastRootAt: undefined,
    });
    expect(await observe(database)).toMatchObject({ imbalanceMicros: 0n });
  });

  it('finds a changed byte in an event, which the database refuses to change by itself', async () => {
    const change =
      "update event set payload = set_byte(payload, 3, get_byte(payload, 3) # 1) where stream_id = 'acc_1' and version = 1";
    await expect(database.query(change)).rejects.toThrow('append-only');
    await tamper(change);
    const { differences } = await verifier.verify();
    expect(differences).toEqual(
      expect.arrayContaining([expect.stringContaining('acc_1 version 1: its hash is not that of its content')]),
    );
  });

  it('finds a removed last event', async () => {
    await tamper("delete from event where stream_id = 'acc_3'");
    const { differences } = await verifier.verify();
    expect(differences).toEqual(
      expect.arrayContaining([
        'ledger_account has 3 rows, the events explain 2.',
        'hold has 5 rows, the events explain 4.',
      ]),
    );
  });

  it.each([
    [
      'a changed available balance',
      "update ledger_account set available_micros = available_micros + 1 where account_id = 'acc_1'",
      'ledger_account acc_1: available_micros is 8750001, the events say 8750000.',
      1n,
    ],
    [
      'a changed held balance',
      "update ledger_account set held_micros = 0 where account_id = 'acc_1'",
      'ledger_account acc_1: held_micros is 0, the events say 1250000.',
      -1_250_000n,
    ],
    [
      'a changed period counter',
      "update ledger_account set period_jobs = 2 where account_id = 'acc_1'",
      'ledger_account acc_1: period_jobs is 2, the events say 1.',
      0n,
    ],
    [
      'a balance without events',
      "update ledger_account set available_micros = 5 where account_id = 'acc_2'",
      'ledger_account acc_2 holds amounts without any event.',
      5n,
    ],
    [
      'a changed pending hold',
      "update hold set amount_micros = 1 where job_id = 'job_pending'",
      'hold job_pending: amount_micros is 1, the events say 1250000.',
      0n,
    ],
    [
      'a lost hold',
      "delete from hold where job_id = 'job_released'",
      'hold has no row for job_released, which the events require.',
      0n,
    ],
    [
      'a late outcome that was forgotten',
      "update hold set late_outcome = false where job_id = 'job_captured'",
      'hold job_captured: late_outcome is false, the events say true.',
      0n,
    ],
    [
      'a late outcome that never was',
      "update hold set late_outcome = true where job_id = 'job_pending'",
      'late_outcome has 2 rows, the events explain 1.',
      0n,
    ],
    [
      'a changed charge',
      "update usage set charged_micros = 999999 where job_id = 'job_captured'",
      'usage job_captured: charged_micros is 999999, the events say 1000000.',
      -1n,
    ],
    [
      'a changed day of a charge',
      "update usage set day = '2020-01-01' where job_id = 'job_captured'",
      'usage job_captured: day is 2020-01-01, the events say',
      0n,
    ],
    [
      'a changed payment',
      "update payment set amount_micros = 2000000 where payment_ref = 'gift'",
      'payment acc_1 gift: amount_micros is 2000000, the events say 1000000.',
      -1_000_000n,
    ],
    [
      'an invented payment',
      "insert into payment (account_id, payment_ref, amount_micros, source, reversed_micros) values ('acc_1', 'forged', 1, 'manual', 0)",
      'payment has 4 rows, the events explain 3.',
      -1n,
    ],
    [
      'a changed entry',
      "update entry set held_after_micros = 1 where account_id = 'acc_1' and version = 1",
      'entry acc_1 1: held_after_micros is 1, the events say 0.',
      0n,
    ],
    [
      'a changed refund',
      "update hold set refunded_micros = 1 where job_id = 'job_refunded'",
      'hold job_refunded: refunded_micros is 1, the events say 250000.',
      0n,
    ],
    [
      'a refund that never was',
      "update usage set refunded_micros = 1 where job_id = 'job_captured'",
      'refunded_usage has 2 rows, the events explain 1.',
      -1n,
    ],
    [
      'a forgotten debt',
      "update ledger_account set receivable_micros = 0 where account_id = 'acc_4'",
      'ledger_account acc_4: receivable_micros is 0, the events say 2000000.',
      2_000_000n,
    ],
    [
      'a changed reversal',
      "update payment set reversed_micros = 5 where payment_ref = 'pi_1'",
      'payment acc_4 pi_1: reversed_micros is 5, the events say 10000000.',
      -9_999_995n,
    ],
    [
      'a changed adjustment',
      "update natural_key set amount_micros = -1 where kind = 'adjustment'",
      'natural_key acc_4 adjustment adj_1: amount_micros is -1, the events say -1000000.',
      -999_999n,
    ],
    [
      'a raised cap',
      "update ledger_account set spend_cap_micros = 10000000 where account_id = 'acc_4'",
      'ledger_account acc_4: spend_cap_micros is 10000000, the events say 9000000.',
      0n,
    ],
    [
      'a raised cap of a key',
      'update key_cap set limit_micros = null',
      'key_cap acc_4 key_1: limit_micros is empty, the events say 8000000.',
      0n,
    ],
    ['a changed day', "update daily_usage set jobs = 2 where account_id = 'acc_4'", 'jobs is 2, the events say 1.', 0n],
    [
      'an invented month',
      "insert into statement values ('acc_1', '2020-01', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
      'statement has 1 rows, the events explain 0.',
      0n,
    ],
  ])('finds %s', async (_, sql, sentence, postingsSumMicros) => {
    await tamper(sql);
    const verification = await verifier.verify();
    expect(verification.differences).toEqual(expect.arrayContaining([expect.stringContaining(sentence)]));
    expect(verification.postingsSumMicros).toBe(postingsSumMicros);
  });

  it('is an alarm when it finds something, and none for a root that somebody mistyped', async () => {
    const verification = new Verification(verifier, new VerificationRuns(database), database, logger);
    const shown = async () => (await ledgerDifferences.get()).values[0]!.value;
    await verification.run();
    expect(await shown()).toBe(0);
    expect((await verification.run('ff'.repeat(32))).differences).toHaveLength(1);
    expect(await shown()).toBe(0);
    await tamper("update hold set amount_micros = 1 where job_id = 'job_pending'");
    await verification.run();
    expect(await shown()).toBeGreaterThan(0);
    const runs = await new VerificationRuns(database).list(10);
    expect(runs.map(({ found }) => found!.differences.length > 0)).toEqual([true, false]);
    expect(runs[0]!.endedAt!.getTime()).toBeGreaterThanOrEqual(runs[0]!.startedAt!.getTime());
  });

  it('adds up what funded the accounts once, and again only what is new', async () => {
    expect(await observe(database)).toMatchObject({ imbalanceMicros: 0n });
    await tamper("delete from event where kind = 'funds_added'");
    expect(await observe(database)).toMatchObject({ imbalanceMicros: 0n });
    await database.query('delete from funding_total');
    expect((await observe(database)).imbalanceMicros).toBeGreaterThan(0n);
    await database.query('delete from funding_total');
  });

  it('shows lost money in the metric', async () => {
    await tamper("update ledger_account set available_micros = available_micros - 3 where account_id = 'acc_1'");
    expect(await observe(database)).toMatchObject({ imbalanceMicros: 3n });
  });
});
