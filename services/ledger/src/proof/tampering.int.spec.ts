import { randomBytes } from 'node:crypto';
import type { Database } from '@usvideo/event-store';
import type { LedgerCommand } from '../account/batch';
import {
  addFunds,
  adjust,
  LedgerWorld,
  logger,
  newJob,
  placeHold,
  PRICE_MICROS,
  refund,
  reverse,
  settle,
  TERMS,
  voidHold,
} from '../posting/ledger.fixture';
import { manualProvider } from '../top-ups/payment-provider';
import { SignedRoots } from '../signing/signed-roots.store';
import { SigningKey } from '../signing/signing-key';
import { AutoTopUpStore } from '../top-ups/auto-top-up.store';
import { TopUpStore } from '../top-ups/top-up.store';
import { TopUps } from '../top-ups/top-ups.saga';
import { LedgerVerifier } from './verifier.sql';

/** Every table that says something about money. */
const TABLES = [
  'event',
  'shard_head',
  'ledger_account',
  'hold',
  'payment',
  'natural_key',
  'key_cap',
  'entry',
  'usage',
  'daily_usage',
  'statement',
  'price',
  'signed_root',
  'signed_head',
  'signed_account',
  'signed_node',
  'signed_position',
  'top_up',
];

/** What no event explains, and why it need not be explained. */
const UNEXPLAINED: Readonly<Record<string, readonly string[]>> = {
  event: ['traceparent'], // for people who look for the call; says nothing about money
  price: ['author', 'effective_from'], // who set it; and a moment more or less, as long as every hold is explained
  top_up: [
    'amount_micros',
    'status',
    'provider',
    'idempotency_key',
    'provider_ref',
    'claimed_ref',
    'checkout_url',
    'author',
    'created_at',
    'ended_at',
    'top_up_id',
    'automatic',
    'charge_customer_ref',
    'charge_method_ref',
    'charge_attempts',
    'charge_due_at',
  ], // an order, not money
};

/** One row's value becomes another of its type. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  bytea: (column) => `set_byte(${column}, 0, get_byte(${column}, 0) # 1)`,
  bigint: (column) => `coalesce(${column}, 0) + 1001`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  smallint: (column) => `(${column} + 77)::smallint`,
  boolean: (column) => `not ${column}`,
  date: (column) => `${column} + 1`,
  'timestamp with time zone': (column) => `coalesce(${column}, 'epoch') + interval '1 microsecond'`,
};

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

describe('what somebody with every right on the server changes', () => {
  let world: LedgerWorld;
  let database: Database;
  let verifier: LedgerVerifier;
  let columns: Column[];

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('tampering');
    const key = new SigningKey(randomBytes(32));
    const roots = new SignedRoots(database, key);
    const writer = world.writer(database, 1);
    const cap = (accountId: string, apiKeyId: string): LedgerCommand => ({
      type: 'SetSpendCap',
      accountId,
      apiKeyId,
      limitMicros: 90n * PRICE_MICROS,
      author: 'ann',
    });
    for (const accountId of ['acc_a', 'acc_b']) {
      const [charged, voided, held, earlier] = [newJob(), newJob(), newJob(), newJob()];
      await world.at(
        database,
        '2026-03-31T12:00:00Z',
        addFunds(accountId, 40_000_000n),
        cap(accountId, ''),
        cap(accountId, 'key_1'),
        placeHold(accountId, earlier),
      );
      for (const command of [
        placeHold(accountId, charged),
        placeHold(accountId, voided),
        placeHold(accountId, held),
        settle(accountId, charged, 1_000_000n),
        voidHold(accountId, voided),
        settle(accountId, charged, 0n),
        refund(accountId, charged, 250_000n),
        adjust(accountId, -7n),
        reverse(accountId, 20_000_000n, 're_1'),
        // Every price of the book is explained by somebody who paid it.
        placeHold(accountId, newJob(), { ...TERMS, resolution: '480p' }),
        placeHold(accountId, newJob(), { ...TERMS, resolution: '1080p' }),
      ])
        expect((await writer.submit(command)).refusal).toBe(
          command.type === 'Settle' && command.chargedMicros === 0n ? 'verdict_conflict' : undefined,
        );
      await roots.sign();
    }
    const topUps = new TopUps(
      new TopUpStore(database),
      writer,
      new Map([['manual', manualProvider]]),
      logger,
      new AutoTopUpStore(database),
    );
    const order = {
      accountId: 'acc_a',
      amountMicros: 5_000_000n,
      idempotencyKey: 'k',
      author: 'key_1',
      successUrl: '',
      cancelUrl: '',
    };
    await topUps.confirm(await topUps.create(manualProvider, order), 'wire-1', 'ann');
    verifier = new LedgerVerifier(database, [key.publicKey]);
    columns = (
      await database.query<Column>(
        `
      select table_name as table, column_name as name, data_type as type from information_schema.columns
      where table_schema = 'public' and table_name = any($1) order by table_name, ordinal_position`,
        [TABLES],
      )
    ).rows;
    await database.query(TABLES.map((table) => `create table sound_${table} as table ${table};`).join(''));
    const { rows } = await database.query<{ table: string; name: string }>(
      `
      select conrelid::regclass::text as table, conname as name from pg_constraint where conrelid::regclass::text = any($1) and contype = 'c'`,
      [TABLES],
    );
    // The tables' own rules would refuse many of these changes; whoever owns them can drop the rules first.
    for (const { table, name } of rows) await database.query(`alter table ${table} drop constraint ${name}`);
  });

  afterAll(() => world.stop());

  const mend = (table: string) =>
    world.tamper(database, `delete from ${table}; insert into ${table} select * from sound_${table}`);
  const isFound = async () => (await verifier.verify()).differences.length > 0;

  it('starts from a ledger without a difference, with a row in every table', async () => {
    expect((await verifier.verify()).differences).toEqual([]);
    for (const table of TABLES) expect((await database.query(`select 1 from ${table} limit 1`)).rowCount).toBe(1);
  });

  it('is found in every column of every table, in the first row and in the last', async () => {
    const missed: string[] = [];
    for (const { table, name, type } of columns) {
      if (UNEXPLAINED[table]?.includes(name)) continue;
      for (const end of ['min', 'max']) {
        await world.tamper(
          database,
          `update ${table} set ${name} = ${OTHER[type]!(name)} where ctid = (select ${end}(ctid) from ${table})`,
        );
        if (!(await isFound())) missed.push(`${table}.${name} (${type}), ${end}`);
        await mend(table);
      }
    }
    expect(missed).toEqual([]);
    expect(columns.length).toBeGreaterThan(140);
    // Some three hundred proofs of the whole ledger.
  }, 300_000);

  it('is found when a price is moved past what was sold for it', async () => {
    await world.tamper(
      database,
      "update price set effective_from = now() + interval '1 hour' where resolution = '720p'",
    );
    expect((await verifier.verify()).differences).toContainEqual(expect.stringContaining('is not that of the book'));
    await mend('price');
  });

  it('is found when a row is removed from any table, or one is added', async () => {
    const missed: string[] = [];
    for (const table of TABLES.filter((name) => name !== 'top_up')) {
      for (const end of ['min', 'max']) {
        await world.tamper(database, `delete from ${table} where ctid = (select ${end}(ctid) from ${table})`);
        if (!(await isFound())) missed.push(`${end} of ${table} removed`);
        await mend(table);
      }
    }
    for (const [table, row] of Object.entries(ADDED)) {
      await world.tamper(database, `insert into ${table} ${row}`);
      if (!(await isFound())) missed.push(`a row of ${table} added`);
      await mend(table);
    }
    expect(missed).toEqual([]);
    expect(Object.keys(ADDED).sort()).toEqual(
      TABLES.filter((name) => name !== 'price' && name !== 'shard_head').sort(),
    );
  });
});

/** A row that looks right, for each table whose rows follow from events. */
const ADDED: Readonly<Record<string, string>> = {
  event: `select 77, 1, 'evt_x', '', 'acc_x', 1, 'acc_x', 'live', kind, payload, previous_hash, hash, traceparent, recorded_at from event where stream_id = 'acc_a' and version = 1`,
  ledger_account: `(account_id, version, available_micros) values ('acc_x', 1, 5)`,
  hold: `(job_id, account_id, state, amount_micros, released_micros, ended_at) values ('job_x', 'acc_a', 'released', 0, 0, now())`,
  payment: `(account_id, payment_ref, amount_micros) values ('acc_a', 'x', 5)`,
  natural_key: `values ('acc_a', 'adjustment', 'x', '', 5, now())`,
  key_cap: `values ('acc_a', 'key_x', 5, 0, '2026-03', 0)`,
  entry: `values ('acc_a', 99, '', 1, 1, 1)`,
  usage: `select 'job_x', account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at, 0 from usage limit 1`,
  daily_usage: `values ('acc_a', '2026-01-01', 'key_1', '720p', 1, 5, 5, 0)`,
  statement: `values ('acc_a', '2020-01', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
  signed_root: `select sequence + 1, signed_at, accounts, root, root, signature, public_key from signed_root order by sequence desc limit 1`,
  signed_head: `select sequence, account_id || 'x', version, hash from signed_head limit 1`,
  signed_account: `select account_id || 'x', leaf + 1000, sequence, version, hash from signed_account limit 1`,
  signed_node: `values (9, 9, '\\x00')`,
  signed_position: `values (99, 0, '')`,
  top_up: `(top_up_id, account_id, amount_micros, provider, status, payment_ref, author) values ('top_x', 'acc_a', 5, 'manual', 'completed', 'never', 'ann')`,
};
