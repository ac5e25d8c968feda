import { RowsStatement, textArray } from './rows-statement';
import { openTestStore, type TestStore } from '../store.fixture';
import { inTransaction } from './transaction';

interface Row {
  readonly name: string | null;
  readonly amount?: bigint | null;
  readonly seconds?: number;
  readonly shard?: number;
  readonly late?: boolean;
  readonly payload?: Uint8Array;
  readonly at?: Date;
  readonly day?: string;
  readonly json?: string;
}

const INSERT = new RowsStatement<Row>(
  'thing_insert',
  {
    name: ['text', (row) => row.name],
    amount: ['bigint', (row) => row.amount],
    seconds: ['integer', (row) => row.seconds],
    shard: ['smallint', (row) => row.shard],
    late: ['boolean', (row) => row.late],
    payload: ['bytea', (row) => row.payload],
    at: ['timestamptz', (row) => row.at],
    day: ['date', (row) => row.day],
    json: ['jsonb', (row) => row.json],
  },
  (names, rows) => `insert into thing (${names}) select * from ${rows}`,
);

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('rows');
  await store.database.query(`create table thing (
    n integer generated always as identity, name text, amount bigint, seconds integer, shard smallint, late boolean, payload bytea, at timestamptz, day date, json jsonb)`);
});
afterEach(() => store.close());

const insert = (rows: readonly Row[]) => inTransaction(store.database, (tx) => INSERT.run(tx, rows));
const AS_TEXT = `select name, amount::text, seconds, shard, late, encode(payload, 'hex') as payload, (extract(epoch from at) * 1000)::float8 as at, day::text, json from thing order by n`;

test('every type arrives as it was given, NULL included', async () => {
  const at = new Date('1969-07-20T20:17:40.123Z');
  expect(
    await insert([
      {
        name: 'zwölf "\\{,}" 🎬',
        amount: -9_223_372_036_854_775_808n,
        seconds: -2_147_483_648,
        shard: 32_767,
        late: true,
        payload: new Uint8Array([0, 255, 92]),
        at,
        day: '1999-12-31',
        json: '{"a":["ü",1]}',
      },
      { name: null },
      {
        name: '',
        amount: 9_223_372_036_854_775_807n,
        seconds: 0,
        shard: -1,
        late: false,
        payload: new Uint8Array(),
        at: new Date('2024-02-29T23:59:59.999Z'),
        day: '2024-02-29',
        json: 'null',
      },
    ]),
  ).toBe(3);
  expect((await store.database.query(AS_TEXT)).rows).toEqual([
    {
      name: 'zwölf "\\{,}" 🎬',
      amount: '-9223372036854775808',
      seconds: -2_147_483_648,
      shard: 32_767,
      late: true,
      payload: '00ff5c',
      at: at.getTime(),
      day: '1999-12-31',
      json: { a: ['ü', 1] },
    },
    {
      name: null,
      amount: null,
      seconds: null,
      shard: null,
      late: null,
      payload: null,
      at: null,
      day: null,
      json: null,
    },
    {
      name: '',
      amount: '9223372036854775807',
      seconds: 0,
      shard: -1,
      late: false,
      payload: '',
      at: Date.parse('2024-02-29T23:59:59.999Z'),
      day: '2024-02-29',
      json: null,
    },
  ]);
});

test('rows of any number and size keep their values apart', async () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => ({
    name: 'ä'.repeat(n),
    payload: Buffer.alloc(n % 7 === 0 ? 90_000 : 3, n),
  }));
  expect(await insert(rows)).toBe(3_000);
  const {
    rows: [found],
  } = await store.database.query<{ texts: bigint; bytes: bigint; same: boolean }>(
    `select sum(length(name)) as texts, sum(length(payload)) as bytes, bool_and(get_byte(payload, length(payload) - 1) = (n - 1) % 256) as same from thing`,
  );
  expect(found).toEqual({
    texts: 4_498_500n,
    bytes: BigInt(rows.reduce((sum, { payload }) => sum + payload.length, 0)),
    same: true,
  });
});

test('no rows change nothing', async () => {
  expect(await insert([])).toBe(0);
});

test.each([
  ['a bigint of 65 bits', { name: '', amount: 2n ** 63n }, 'does not fit in a bigint'],
  ['an integer too large', { name: '', seconds: 2 ** 31 }, 'out of range'],
  ['a part of a second', { name: '', seconds: 1.5 }, '1.5 is not a whole number'],
  ['a smallint too large', { name: '', shard: 32_768 }, 'out of range'],
  ['a moment that is none', { name: '', at: new Date('never') }, 'NaN'],
  ['a day that is none', { name: '', day: '2024-02-30x' }, 'NaN is not a whole number'],
])('%s is refused, and the connection goes on', async (_, row, message) => {
  await expect(insert([row])).rejects.toThrow(message);
  expect(await insert([{ name: 'next' }])).toBe(1);
  expect((await store.database.query('select name from thing')).rows).toEqual([{ name: 'next' }]);
});

test('texts are found by an array of them', async () => {
  await insert([{ name: 'one' }, { name: 'two' }, { name: 'three' }]);
  const found = async (...names: string[]) =>
    (
      await store.database.query<{ name: string }>({
        name: 'things',
        text: 'select name from thing where name = any($1::text[]) order by n',
        values: [textArray(names)],
      })
    ).rows.map(({ name }) => name);
  expect([await found('three', 'one', 'four'), await found()]).toEqual([['one', 'three'], []]);
});
