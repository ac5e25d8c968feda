import type { Database } from '@usvideo/event-store';
import type { LedgerCommand } from '../account/batch';
import {
  addFunds,
  LedgerWorld,
  newAccount,
  newJob,
  placeHold,
  PRICE_MICROS,
  refund,
  settle,
  TERMS,
} from '../posting/ledger.fixture';
import { LedgerVerifier } from '../proof/verifier.sql';
import { TopUpStore } from '../top-ups/top-up.store';
import { LedgerReader } from './ledger-reader.sql';
import { StatementReader } from './statement-reader.sql';
import { UsageReader } from './usage-reader.sql';

const ALL = { startDate: '2020-01-01', endDate: '2099-12-31', apiKeyId: '', limit: 100, offset: 0 };

async function collected<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('at the borders of months and days', () => {
  let world: LedgerWorld;
  let database: Database;
  let reader: LedgerReader;
  let usage: UsageReader;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('borders');
    [reader, usage] = [new LedgerReader(database), new UsageReader(database)];
  });
  afterEach(async () =>
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n }),
  );
  afterAll(() => world.stop());

  const cap = (accountId: string, apiKeyId: string, jobs: bigint): LedgerCommand => ({
    type: 'SetSpendCap',
    accountId,
    apiKeyId,
    limitMicros: jobs * PRICE_MICROS,
    author: 'ann',
  });
  const charge = async (accountId: string, moment: string, terms = TERMS): Promise<string> => {
    const job = newJob();
    const outcomes = await world.at(database, moment, placeHold(accountId, job, terms), settle(accountId, job));
    expect(outcomes.map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
    return job;
  };
  const refusals = async (moment: string, ...commands: LedgerCommand[]) =>
    (await world.at(database, moment, ...commands)).map(({ refusal }) => refusal);
  const rich = async () => {
    const accountId = newAccount();
    await world.at(database, '2026-03-01T00:00:00Z', addFunds(accountId, 100n * PRICE_MICROS));
    return accountId;
  };

  it.each(['', 'key_1'])(
    'what was spent last month leaves the whole cap (of key "%s"), and each spends it once',
    async (apiKeyId) => {
      const accountId = await rich();
      await world.at(database, '2026-03-02T00:00:00Z', cap(accountId, apiKeyId, 2n));
      for (const moment of [
        '2026-03-31T23:59:59.998Z',
        '2026-03-31T23:59:59.999Z',
        '2026-04-01T00:00:00.000Z',
        '2026-04-30T23:59:59.999Z',
      ]) {
        await charge(accountId, moment);
        if (moment.endsWith('9.999Z'))
          expect(await refusals(moment, placeHold(accountId, newJob()))).toEqual(['spend_cap_reached']);
      }
      const capped = (await reader.caps(accountId)).caps.find((one) => one.apiKeyId === apiKeyId)!;
      expect(capped).toMatchObject({ spentMicros: 0n, heldMicros: 0n });
    },
  );

  it('a key that is capped for the first time has spent what it was charged less refunded in this month, and holds what it holds', async () => {
    const accountId = await rich();
    const before = await charge(accountId, '2026-03-31T23:59:59.999Z');
    const early = await charge(accountId, '2026-04-01T00:00:00.000Z');
    await charge(accountId, '2026-04-15T00:00:00Z');
    await charge(accountId, '2026-04-15T00:00:00Z', { ...TERMS, apiKeyId: 'key_2' });
    await world.at(database, '2026-03-31T23:59:59.999Z', refund(accountId, before, 100n, 'r1'));
    await world.at(
      database,
      '2026-04-16T00:00:00Z',
      refund(accountId, early, 10n, 'r2'),
      placeHold(accountId, newJob()),
    );
    const [outcome] = await world.at(database, '2026-04-30T23:59:59.999Z', cap(accountId, 'key_1', 4n));
    // The refund of a clock that was behind counts where the account was.
    expect(outcome!.state.keyCap).toMatchObject({ spentMicros: 2n * PRICE_MICROS - 110n, heldMicros: PRICE_MICROS });
    expect(
      await refusals('2026-04-30T23:59:59.999Z', placeHold(accountId, newJob()), placeHold(accountId, newJob())),
    ).toEqual([undefined, 'spend_cap_reached']);
    const other = await rich();
    await charge(other, '2026-03-31T23:59:59.999Z');
    await world.at(database, '2026-04-01T00:00:00.000Z', addFunds(other, 1n, 'pay_2'));
    const [next] = await world.at(database, '2026-04-02T00:00:00Z', cap(other, 'key_1', 1n));
    expect(next!.state.keyCap).toMatchObject({ spentMicros: 0n, heldMicros: 0n });
  });

  it("a refund of last month's charge gives no room to a key that is capped in this one", async () => {
    const accountId = await rich();
    const job = await charge(accountId, '2026-03-15T00:00:00Z');
    await world.at(database, '2026-03-16T00:00:00Z', refund(accountId, job, PRICE_MICROS));
    await charge(accountId, '2026-04-01T00:00:00.000Z');
    const [outcome] = await world.at(database, '2026-04-02T00:00:00Z', cap(accountId, 'key_1', 1n));
    expect(outcome!.state.keyCap.spentMicros).toBe(PRICE_MICROS);
    expect(await refusals('2026-04-02T00:00:00Z', placeHold(accountId, newJob()))).toEqual(['spend_cap_reached']);
  });

  it('a range of days has its first and its last, and a range of one day has that day', async () => {
    const accountId = await rich();
    const days = [
      '2026-03-09T23:59:59.999Z',
      '2026-03-10T00:00:00.000Z',
      '2026-03-10T23:59:59.999Z',
      '2026-03-11T00:00:00.000Z',
    ];
    const jobs: string[] = [];
    for (const moment of days) jobs.push(await charge(accountId, moment));
    const of = async (startDate: string, endDate: string) => {
      const range = { ...ALL, accountId, startDate, endDate };
      const { rows, totals } = await usage.page(range);
      const exported = (await collected(usage.pages(range))).flat().map(({ jobId }) => jobId);
      const grouped = (await usage.groups('day', range)).reduce((sum, group) => sum + group.jobs, 0n);
      expect([exported.toReversed(), totals.jobs, grouped]).toEqual([
        rows.map(({ jobId }) => jobId),
        BigInt(rows.length),
        BigInt(rows.length),
      ]);
      return rows.map(({ jobId }) => jobs.indexOf(jobId));
    };
    expect(await of('2026-03-10', '2026-03-10')).toEqual([2, 1]);
    expect(await of('2026-03-09', '2026-03-10')).toEqual([2, 1, 0]);
    expect(await of('2026-03-10', '2026-03-11')).toEqual([3, 2, 1]);
    expect(await of('2026-03-12', '2026-03-31')).toEqual([]);
  });

  it('charges of one day come newest first, and of one moment by their ids', async () => {
    const accountId = await rich();
    const jobs = [
      await charge(accountId, '2026-03-10T10:00:00Z'),
      await charge(accountId, '2026-03-10T12:00:00Z'),
      await charge(accountId, '2026-03-10T12:00:00Z'),
    ];
    const [, ...tied] = jobs;
    const expected = [...tied.sort().reverse(), jobs[0]];
    expect((await usage.page({ ...ALL, accountId })).rows.map(({ jobId }) => jobId)).toEqual(expected);
    for (const [offset, jobId] of expected.entries())
      expect((await usage.page({ ...ALL, accountId, limit: 1, offset })).rows[0]!.jobId).toBe(jobId);
  });

  it('pages of rows and of groups have one more where there is more, and none where there is not', async () => {
    const accountId = await rich();
    for (const day of ['10', '11', '12']) await charge(accountId, `2026-03-${day}T10:00:00Z`);
    for (const [limit, found] of [
      [2, 3],
      [3, 3],
    ] as const) {
      expect((await usage.page({ ...ALL, accountId, limit })).rows).toHaveLength(found);
      expect(await usage.groups('day', { ...ALL, accountId, limit })).toHaveLength(found);
    }
  });

  it('charges of one moment have one order on all pages, whichever way the database finds them', async () => {
    const accountId = await rich();
    const jobs = Array.from({ length: 12 }, newJob).sort();
    await world.at(
      database,
      '2026-03-12T10:00:00Z',
      ...jobs.flatMap((job) => [placeHold(accountId, job), settle(accountId, job)]),
    );
    const pagesBy = async (reading: UsageReader) =>
      (await Promise.all([0, 5, 10].map((offset) => reading.page({ ...ALL, accountId, limit: 5, offset })))).flatMap(
        ({ rows }) => rows.slice(0, 5).map(({ jobId }) => jobId),
      );
    expect(await pagesBy(usage)).toEqual(jobs.toReversed());
    const withoutIndexes = ['indexscan', 'indexonlyscan', 'bitmapscan'].map((way) => `-c enable_${way}=off`).join(' ');
    expect(
      await pagesBy(
        new UsageReader(world.open('without_indexes', `${world.url}?options=${encodeURIComponent(withoutIndexes)}`)),
      ),
    ).toEqual(jobs.toReversed());
  });

  it("groups of one key have that key's and no other's", async () => {
    const accountId = await rich();
    await charge(accountId, '2026-03-10T10:00:00Z');
    await charge(accountId, '2026-03-11T10:00:00Z', { ...TERMS, apiKeyId: 'key_2' });
    for (const by of ['day', 'api_key', 'resolution'] as const) {
      expect((await usage.groups(by, { ...ALL, accountId, apiKeyId: 'key_2' })).map(({ jobs }) => jobs)).toEqual([1n]);
      expect(await usage.groups(by, { ...ALL, accountId, apiKeyId: 'key_3' })).toEqual([]);
    }
  });
});

describe('a stranger who names what another account has', () => {
  let world: LedgerWorld;
  let database: Database;
  let owner: string;
  let stranger: string;
  let job: string;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('strangers');
    [owner, stranger, job] = [newAccount(), newAccount(), newJob()];
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(owner, 10n * PRICE_MICROS),
      placeHold(owner, job),
      settle(owner, job),
      addFunds(stranger, 10n * PRICE_MICROS),
    );
  });
  afterAll(async () => {
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [] });
    await world.stop();
  });

  it('reads nothing of its jobs, days, months, caps or balance', async () => {
    const [reader, usage, statements] = [
      new LedgerReader(database),
      new UsageReader(database),
      new StatementReader(database),
    ];
    const page = { limit: 100, offset: 0, beforeVersion: 0n };
    expect(await reader.entries({ ...page, accountId: owner, jobId: job })).toHaveLength(2);
    expect(await reader.entries({ ...page, accountId: stranger, jobId: job })).toEqual([]);
    expect(await usage.page({ ...ALL, accountId: stranger })).toMatchObject({ rows: [], totals: { jobs: 0n } });
    expect(await usage.groups('day', { ...ALL, accountId: stranger })).toEqual([]);
    expect((await collected(usage.pages({ ...ALL, accountId: stranger }))).flat()).toEqual([]);
    expect((await collected(usage.pages({ ...ALL, accountId: owner }))).flat()).toHaveLength(1);
    expect((await statements.all(stranger)).every(({ chargedMicros }) => chargedMicros === 0n)).toBe(true);
    expect((await reader.caps(stranger)).caps).toMatchObject([{ spentMicros: 0n }]);
    expect((await reader.balanceAsOf(stranger, new Date())).availableMicros).toBe(10n * PRICE_MICROS);
  });

  it('ends, charges and refunds nothing of it', async () => {
    const held = newJob();
    await world.at(database, '2026-03-06T10:00:00Z', placeHold(owner, held));
    const commands: LedgerCommand[] = [
      settle(stranger, held),
      { type: 'VoidHold', accountId: stranger, jobId: held },
      refund(stranger, job, 1n),
      placeHold(stranger, held),
    ];
    expect((await world.at(database, '2026-03-06T11:00:00Z', ...commands)).map(({ refusal }) => refusal)).toEqual(
      Array(4).fill('hold_conflict'),
    );
    expect(await new LedgerReader(database).balance(owner)).toMatchObject({
      heldMicros: PRICE_MICROS,
      totalSpendMicros: PRICE_MICROS,
    });
  });

  it('reverses no payment of it, and is not shown what was reversed of one that has the same name', async () => {
    const store = new TopUpStore(database);
    for (const accountId of [owner, stranger]) {
      await store.create({
        topUpId: `top_${accountId}`,
        accountId,
        amountMicros: 10n * PRICE_MICROS,
        provider: accountId,
        idempotencyKey: undefined,
        author: 'ann',
      });
      await store.complete(`top_${accountId}`, 'pay_1');
    }
    await world.at(database, '2026-03-07T10:00:00Z', {
      type: 'ReverseFunds',
      accountId: owner,
      paymentRef: 'pay_1',
      reversalRef: 're_1',
      amountMicros: 5n,
      reason: 'refund',
      author: 'stripe',
    });
    expect((await store.list(owner, 10, 0)).map(({ reversedMicros }) => reversedMicros)).toEqual([5n]);
    expect((await store.list(stranger, 10, 0)).map(({ reversedMicros }) => reversedMicros)).toEqual([0n]);
    const outcomes = await world.at(database, '2026-03-07T11:00:00Z', {
      type: 'ReverseFunds',
      accountId: stranger,
      paymentRef: 'pay_of_nobody',
      reversalRef: 're_1',
      amountMicros: 5n,
      reason: 'refund',
      author: 'stripe',
    });
    expect(outcomes[0]!.refusal).toBe('payment_unknown');
  });
});
