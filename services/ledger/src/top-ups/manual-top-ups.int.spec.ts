import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { AutoTopUpStore } from './auto-top-up.store';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { manualProvider } from './payment-provider';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { TopUpStore } from './top-up.store';
import { TopUps } from './top-ups.saga';
import { LedgerVerifier } from '../proof/verifier.sql';

const logger = createLogger('ledger', 'silent');
const TEN_DOLLARS = 10_000_000n;

describe('top-ups by hand', () => {
  let database: Database;
  let reader: LedgerReader;
  let store: TopUpStore;
  let topUps: TopUps;
  let writer: LedgerWriter;

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    database = openDatabase({ url, poolSize: 4, applicationName: 'top_ups' }, () => undefined);
    reader = new LedgerReader(database);
    store = new TopUpStore(database);
    writer = new LedgerWriter({ database, lanes: 1, onCommitted: () => undefined, logger });
    topUps = new TopUps(store, writer, new Map(), logger, new AutoTopUpStore(database));
  });

  afterAll(async () => {
    expect((await new LedgerVerifier(database).verify()).differences).toEqual([]);
    await database.end();
  });

  const newAccount = () => `acc_${ulid()}`;
  const ordered = (accountId: string) =>
    topUps.create(manualProvider, {
      accountId,
      amountMicros: TEN_DOLLARS,
      idempotencyKey: undefined,
      author: 'key_1',
      successUrl: '',
      cancelUrl: '',
    });
  const refusals = (results: PromiseSettledResult<unknown>[]) =>
    results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));

  it('are paid once, also when two operators confirm them with two references at once', async () => {
    const accountId = newAccount();
    const topUp = await ordered(accountId);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => topUps.confirm(topUp, `wire-${n % 2}-${topUp.topUpId}`, 'ann')),
    );
    expect(refusals(results)).toEqual(Array(5).fill('NewsRefused: top_up_conflict'));
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
  });

  it('are not paid by a payment that paid for another, of the same account or of another one', async () => {
    const [accountId, other] = [newAccount(), newAccount()];
    const [first, second, third] = [await ordered(accountId), await ordered(accountId), await ordered(other)];
    const wire = `wire-${first.topUpId}`;
    expect(await topUps.confirm(first, wire, 'ann')).toMatchObject({ status: 'completed', paymentRef: wire });
    for (const topUp of [second, third])
      await expect(topUps.confirm(topUp, wire, 'ann')).rejects.toThrow('top_up_conflict');
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
    expect((await reader.balance(other)).availableMicros).toBe(0n);
    expect(await topUps.confirm(third, `${wire}-b`, 'ann')).toMatchObject({ status: 'completed' });
  });

  it('stay open to the right payment after a wrong one was refused', async () => {
    const accountId = newAccount();
    await writer.submit({
      type: 'AddFunds',
      accountId,
      amountMicros: 1n,
      source: 'manual',
      paymentRef: 'used',
      author: 'ann',
      note: '',
    });
    const topUp = await ordered(accountId);
    await expect(topUps.confirm(topUp, 'used', 'ann')).rejects.toThrow('payment_conflict');
    expect(await topUps.confirm(topUp, `wire-${topUp.topUpId}`, 'ann')).toMatchObject({ status: 'completed' });
  });

  it('that a crash left half done are finished by the next confirmation', async () => {
    const accountId = newAccount();
    const topUp = await ordered(accountId);
    const wire = `wire-${topUp.topUpId}`;
    await store.claim(topUp.topUpId, wire);
    await writer.submit({
      type: 'AddFunds',
      accountId,
      amountMicros: TEN_DOLLARS,
      source: 'manual',
      paymentRef: wire,
      author: 'ann',
      note: `Top-up ${topUp.topUpId}`,
    });
    expect(await topUps.confirm(topUp, wire, 'ann')).toMatchObject({ status: 'completed' });
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
  });
});
