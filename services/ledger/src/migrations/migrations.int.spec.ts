import { appendEvents, EMPTY_HEAD, inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import type { AccountEvent } from '../account/postings';
import { encodeEvent } from '../posting/event-codec';
import { logger } from '../posting/ledger.fixture';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LEDGER_MIGRATIONS } from './all';
import { UsageReader } from '../reading/usage-reader.sql';
import { LedgerVerifier } from '../proof/verifier.sql';

const TERMS = {
  apiKeyId: 'key_1',
  model: 'aurora',
  resolution: '720p',
  durationSeconds: 5,
  perSecondMicros: 250_000n,
  priceVersion: 1,
  amountMicros: 1_250_000n,
};

/** What the first version recorded of an account within a month. */
const HISTORY: AccountEvent[] = [
  {
    $case: 'fundsAdded',
    value: { amountMicros: 10_000_000n, source: 'manual', paymentRef: 'pay_1', author: '', note: '' },
  },
  {
    $case: 'fundsAdded',
    value: { amountMicros: 1_000_000n, source: 'promotion', paymentRef: 'gift', author: '', note: '' },
  },
  { $case: 'holdPlaced', value: { jobId: 'job_1', ...TERMS } },
  { $case: 'holdPlaced', value: { jobId: 'job_2', ...TERMS } },
  {
    $case: 'holdCaptured',
    value: { jobId: 'job_1', capturedMicros: 1_000_000n, releasedMicros: 250_000n, rule: 'completed' },
  },
];

/** Rows as the first version left them. */
const ROWS = (at: string, head: string) => `
insert into ledger_account (account_id, version, head_hash, available_micros, held_micros, total_spend_micros, period, period_spend_micros, period_jobs)
values ('acc_1', 5, '\\x${head}', 8750000, 1250000, 1000000, '${at.slice(0, 7)}', 1000000, 1);
insert into payment values ('acc_1', 'pay_1', 10000000), ('acc_1', 'gift', 1000000);
insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version, amount_micros, captured_micros, released_micros, placed_at, ended_at) values
  ('job_1', 'acc_1', 'captured', 'key_1', 'aurora', '720p', 5, 250000, 1, 1250000, 1000000, 250000, '${at}', '${at}'),
  ('job_2', 'acc_1', 'pending', 'key_1', 'aurora', '720p', 5, 250000, 1, 1250000, 0, 0, '${at}', null);
insert into entry values ('acc_1', 1, '', 10000000, 0), ('acc_1', 2, '', 11000000, 0), ('acc_1', 3, 'job_1', 9750000, 1250000), ('acc_1', 4, 'job_2', 8500000, 2500000), ('acc_1', 5, 'job_1', 8750000, 1250000);
insert into usage values ('job_1', 'acc_1', 'key_1', '${at.slice(0, 10)}', 'aurora', '720p', 5, 250000, 1000000, '${at}');`;

describe('a ledger of the first version', () => {
  let database: Database;
  afterAll(() => database.end());

  it('is carried over so that its events explain every row', async () => {
    const url = await (await postgres()).createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS.slice(0, 1), logger });
    database = openDatabase({ url, poolSize: 4, applicationName: 'carried' }, () => undefined);
    const { head, at } = await inTransaction(database, async (tx, now) => {
      const events = HISTORY.map((event) => encodeEvent({ event, traceparent: '' }));
      const [appended] = await appendEvents(tx, now, [
        { streamId: 'acc_1', accountId: 'acc_1', environment: 'live', head: EMPTY_HEAD, events },
      ]);
      return { head: appended!.head.hash.toString('hex'), at: now.toISOString() };
    });
    await database.query(ROWS(at, head));
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    expect(await new LedgerVerifier(database).verify()).toMatchObject({
      eventsChecked: 5n,
      postingsSumMicros: 0n,
      differences: [],
    });
    expect(await new LedgerReader(database).balance('acc_1')).toMatchObject({
      availableMicros: 8_750_000n,
      receivableMicros: 0n,
      period: { spendMicros: 1_000_000n, jobs: 1n },
    });
    expect(
      (
        await new UsageReader(database).page({
          accountId: 'acc_1',
          startDate: '2020-01-01',
          endDate: '2099-12-31',
          apiKeyId: '',
          limit: 5,
          offset: 0,
        })
      ).totals,
    ).toEqual({ jobs: 1n, seconds: 5n, micros: 1_000_000n, refunded: 0n });
  });
});
