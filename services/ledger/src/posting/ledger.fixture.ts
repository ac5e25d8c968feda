import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import type { LedgerCommand, Outcome } from '../account/batch';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LedgerStore } from './ledger.store';
import { LedgerWriter } from './ledger-writer.service';
import { PriceBook } from '../prices/price-book.sql';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { LedgerVerifier } from '../proof/verifier.sql';

export const logger = createLogger('ledger', 'silent');
/** Five seconds of 720p. */
export const PRICE_MICROS = 1_250_000n;
export const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };

export const newAccount = () => `acc_${ulid()}`;
export const newJob = () => `job_${ulid()}`;
export const addFunds = (accountId: string, amountMicros: bigint, paymentRef = 'pay_1'): LedgerCommand => ({
  type: 'AddFunds',
  accountId,
  amountMicros,
  source: 'manual',
  paymentRef,
  author: 'ops',
  note: '',
});
export const placeHold = (accountId: string, jobId: string, terms = TERMS): LedgerCommand => ({
  type: 'PlaceHold',
  accountId,
  jobId,
  terms,
});
export const voidHold = (accountId: string, jobId: string): LedgerCommand => ({ type: 'VoidHold', accountId, jobId });
export const settle = (accountId: string, jobId: string, chargedMicros = PRICE_MICROS): LedgerCommand => ({
  type: 'Settle',
  accountId,
  jobId,
  chargedMicros,
  releasedMicros: PRICE_MICROS - chargedMicros,
  rule: 'completed',
});
export const refund = (accountId: string, jobId: string, amountMicros: bigint, refundKey = 'r1'): LedgerCommand => ({
  type: 'RefundCapture',
  accountId,
  jobId,
  refundKey,
  amountMicros,
  reason: 'flicker',
  author: 'ann',
});
export const reverse = (accountId: string, amountMicros: bigint, reversalRef = 're_1'): LedgerCommand => ({
  type: 'ReverseFunds',
  accountId,
  paymentRef: 'pay_1',
  reversalRef,
  amountMicros,
  reason: 'dispute',
  author: 'stripe',
});
export const adjust = (accountId: string, amountMicros: bigint, adjustmentRef = 'adj_1'): LedgerCommand => ({
  type: 'Adjust',
  accountId,
  adjustmentRef,
  amountMicros,
  reason: 'goodwill',
  author: 'ann',
});

/** A database with the ledger's tables, and pools on it. */
export class LedgerWorld {
  private readonly pools: Database[] = [];
  private readonly store = new LedgerStore(new PriceBook());

  private constructor(readonly url: string) {}

  static async start(): Promise<LedgerWorld> {
    return LedgerWorld.at(await (await postgres()).createDatabase('ledger'));
  }

  /** On a database of the caller's, new or with a ledger in it. */
  static async at(url: string): Promise<LedgerWorld> {
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    return new LedgerWorld(url);
  }

  open(applicationName: string, url = this.url): Database {
    const pool = openDatabase({ url, poolSize: 6, applicationName }, () => undefined);
    this.pools.push(pool);
    return pool;
  }

  writer(database: Database, lanes = 2): LedgerWriter {
    return new LedgerWriter({ database, lanes, onCommitted: () => undefined, logger });
  }

  /** As if the database's clock stood at that moment. */
  async at(database: Database, moment: string, ...commands: LedgerCommand[]): Promise<Outcome[]> {
    return inTransaction(database, (tx) =>
      this.store.apply(
        tx,
        new Date(moment),
        commands.map((command) => ({ command, traceparent: '' })),
      ),
    );
  }

  /** What only a superuser can do: the triggers that keep tables append-only are switched off. */
  async tamper(database: Database, sql: string): Promise<void> {
    await database.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.end()));
  }
}

/**
 * Two instances of the service on one database and an observer beside them, for the tests of one `describe`. After each test the
 * verifier must find nothing.
 */
export function twoInstances() {
  const ledger = {} as {
    world: LedgerWorld;
    database: Database;
    reader: LedgerReader;
    writers: [LedgerWriter, LedgerWriter];
  };
  beforeAll(async () => {
    ledger.world = await LedgerWorld.start();
    ledger.database = ledger.world.open('observer');
    ledger.writers = [ledger.world.writer(ledger.world.open('one')), ledger.world.writer(ledger.world.open('two'))];
    ledger.reader = new LedgerReader(ledger.database);
  });
  afterEach(async () =>
    expect(await new LedgerVerifier(ledger.database).verify()).toMatchObject({
      differences: [],
      postingsSumMicros: 0n,
    }),
  );
  afterAll(() => ledger.world.stop());

  const submit = (command: LedgerCommand, n = 0) => ledger.writers[n % 2]!.submit(command);
  return {
    ledger,
    submit,
    /** From many clients of both instances at once. */
    crowd: (command: (n: number) => LedgerCommand, clients = 30) =>
      Promise.all(Array.from({ length: clients }, (_, n) => submit(command(n), n))),
    funded: async (micros = 10n * PRICE_MICROS) => {
      const accountId = newAccount();
      await submit(addFunds(accountId, micros));
      return accountId;
    },
    versionOf: async (accountId: string) => (await ledger.reader.balance(accountId)).version,
  };
}

/** How many commands took effect. */
export function accepted(outcomes: readonly Pick<Outcome, 'refusal' | 'replayed'>[]): number {
  return outcomes.filter(({ refusal, replayed }) => refusal === undefined && !replayed).length;
}
