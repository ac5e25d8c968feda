import type { PeriodClosed, Statement } from '@usvideo/contracts/ledger';
import type { Database } from '@usvideo/event-store';
import { decodeEvent } from '../posting/event-codec';
import {
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
} from '../posting/ledger.fixture';
import { LIST_BYTES_MAX } from '../account/closing-lists';
import { LedgerReader } from './ledger-reader.sql';
import { StatementReader } from './statement-reader.sql';
import { RevenueReader } from './revenue-reader.sql';
import { UsageReader } from './usage-reader.sql';
import { LedgerVerifier } from '../proof/verifier.sql';

const ALL = { startDate: '2020-01-01', endDate: '2099-12-31', apiKeyId: '' };

async function collected<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('the months of an account', () => {
  let world: LedgerWorld;
  let database: Database;
  let reader: LedgerReader;
  let statements: StatementReader;
  let usage: UsageReader;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('months');
    [reader, statements, usage] = [
      new LedgerReader(database),
      new StatementReader(database),
      new UsageReader(database),
    ];
  });
  afterEach(async () =>
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n }),
  );
  afterAll(() => world.stop());

  const total = (one: Statement) =>
    one.openingBalanceMicros +
    one.addedMicros +
    one.refundedMicros +
    one.adjustedMicros -
    one.chargedMicros -
    one.reversedMicros;

  /** Two and a half months with everything in them, and a month in which nothing happened. */
  async function history(): Promise<{ accountId: string; held: string }> {
    const accountId = newAccount();
    const [charged, held, later] = [newJob(), newJob(), newJob()];
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(accountId, 20_000_000n),
      placeHold(accountId, charged),
      placeHold(accountId, held),
      settle(accountId, charged),
    );
    await world.at(database, '2026-03-31T23:59:59.999Z', adjust(accountId, -1_000_000n));
    await world.at(
      database,
      '2026-04-01T00:00:00.000Z',
      refund(accountId, charged, 250_000n),
      placeHold(accountId, later, { ...TERMS, resolution: '480p', apiKeyId: 'key_2' }),
    );
    await world.at(
      database,
      '2026-06-10T10:00:00Z',
      reverse(accountId, 20_000_000n),
      settle(accountId, held, 1_000_000n),
    );
    return { accountId, held };
  }

  it('add up, follow each other, and close with what the balance was at the boundary', async () => {
    const { accountId } = await history();
    const months = (await statements.all(accountId)).filter((month) => month.period <= '2026-06').reverse();
    expect(months.map((month) => [month.period, month.firstVersion, month.lastVersion])).toEqual([
      ['2026-03', 1n, 5n],
      ['2026-04', 6n, 8n],
      ['2026-05', 0n, 0n],
      ['2026-06', 9n, 11n],
    ]);
    for (const [index, month] of months.entries()) {
      expect(total(month)).toBe(month.closingBalanceMicros);
      if (index > 0) expect(month.openingBalanceMicros).toBe(months[index - 1]!.closingBalanceMicros);
      const before = await reader.balanceAsOf(accountId, new Date(month.periodEnd!.getTime() - 1));
      expect([before.availableMicros, before.heldMicros, before.receivableMicros]).toEqual([
        month.closingAvailableMicros,
        month.closingHeldMicros,
        month.closingReceivableMicros,
      ]);
    }
    expect(months[0]).toMatchObject({
      addedMicros: 20_000_000n,
      chargedMicros: PRICE_MICROS,
      adjustedMicros: -1_000_000n,
      chargedJobs: 1n,
      open: false,
    });
    expect(months[1]).toMatchObject({ refundedMicros: 250_000n, chargedMicros: 0n });
    expect(months[3]).toMatchObject({ reversedMicros: 20_000_000n, chargedMicros: 1_000_000n });
  });

  it('go on to the running one, with the debt in it', async () => {
    const { accountId } = await history();
    const [running] = await statements.all(accountId);
    expect(running).toMatchObject({
      period: new Date().toISOString().slice(0, 7),
      open: true,
      closingAvailableMicros: 0n,
      chargedMicros: 0n,
    });
    const { availableMicros, heldMicros, receivableMicros } = await reader.balance(accountId);
    expect(running!.closingBalanceMicros).toBe(availableMicros + heldMicros - receivableMicros);
    expect(receivableMicros).toBeGreaterThan(0n);
  });

  it('are closed once, before the first event, with a checkpoint that needs no event before it', async () => {
    const { accountId, held } = await history();
    const { rows } = await database.query<{ version: bigint; payload: Buffer; recorded_at: Date }>(
      "select version, payload, recorded_at from event where stream_id = $1 and kind = 'period_closed' order by version",
      [accountId],
    );
    expect(rows.map((row) => [row.version, row.recorded_at.toISOString()])).toEqual([
      [6n, '2026-04-01T00:00:00.000Z'],
      [9n, '2026-06-10T10:00:00.000Z'],
    ]);
    const closing = decodeEvent(rows[0]!.payload).value;
    expect(closing).toMatchObject({
      period: '2026-03',
      firstVersion: 1n,
      lastVersion: 5n,
      openHolds: [{ jobId: held, apiKeyId: 'key_1', amountMicros: PRICE_MICROS }],
      closing: { availableMicros: 16_500_000n, heldMicros: PRICE_MICROS, receivableMicros: 0n },
      totalSpendMicros: PRICE_MICROS,
    });
  });

  it("are closed within an event's bytes, however many holds are open", async () => {
    const accountId = newAccount();
    const jobs = Array.from({ length: 9_000 }, newJob);
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(accountId, BigInt(jobs.length + 1) * PRICE_MICROS),
      ...jobs.map((job) => placeHold(accountId, job)),
    );
    await world.at(database, '2026-04-01T00:00:00Z', placeHold(accountId, newJob()));
    const { rows } = await database.query<{ payload: Buffer }>(
      "select payload from event where stream_id = $1 and kind = 'period_closed'",
      [accountId],
    );
    const closing = decodeEvent(rows[0]!.payload).value as PeriodClosed;
    expect(rows[0]!.payload.length).toBeLessThan(LIST_BYTES_MAX);
    expect(closing.openHolds.map(({ jobId }) => jobId)).toEqual(jobs.toSorted().slice(0, closing.openHolds.length));
    expect(closing.openHoldsTotal).toMatchObject({ count: 9_000n, amountMicros: 9_000n * PRICE_MICROS });
    expect(closing.closing!.heldMicros).toBe(closing.openHoldsTotal!.amountMicros);
  });

  it('never go back, even if a transaction began before the one that it waited for', async () => {
    const accountId = newAccount();
    await world.at(database, '2026-07-01T00:00:00.005Z', addFunds(accountId, 5n));
    await world.at(database, '2026-06-30T23:59:59.999Z', adjust(accountId, 1n));
    expect((await reader.balanceAsOf(accountId, new Date('2026-06-30T23:59:59.999Z'))).version).toBe(0n);
    expect(await reader.balanceAsOf(accountId, new Date('2026-07-01T00:00:00.005Z'))).toMatchObject({
      version: 2n,
      availableMicros: 6n,
    });
  });

  it('show the balance of any moment', async () => {
    const accountId = newAccount();
    for (let day = 1; day <= 28; day++)
      await world.at(
        database,
        `2026-02-${String(day).padStart(2, '0')}T12:00:00Z`,
        addFunds(accountId, 1n, `pay_${day}`),
      );
    for (const day of [1, 2, 13, 27, 28]) {
      expect(
        (await reader.balanceAsOf(accountId, new Date(`2026-02-${String(day).padStart(2, '0')}T12:00:00Z`)))
          .availableMicros,
      ).toBe(BigInt(day));
      expect(
        (await reader.balanceAsOf(accountId, new Date(`2026-02-${String(day).padStart(2, '0')}T11:59:59.999Z`)))
          .availableMicros,
      ).toBe(BigInt(day - 1));
    }
    expect(await reader.balanceAsOf(newAccount(), new Date())).toEqual({
      version: 0n,
      availableMicros: 0n,
      heldMicros: 0n,
      receivableMicros: 0n,
    });
  });

  it('begin caps anew and keep counting what is held', async () => {
    const accountId = newAccount();
    const [first, second, third, fourth] = [newJob(), newJob(), newJob(), newJob()];
    const cap = {
      type: 'SetSpendCap' as const,
      accountId,
      apiKeyId: 'key_1',
      limitMicros: 2n * PRICE_MICROS,
      author: 'ann',
    };
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(accountId, 20_000_000n),
      placeHold(accountId, first),
      settle(accountId, first),
      placeHold(accountId, second),
    );
    await world.at(database, '2026-03-06T10:00:00Z', cap);
    expect((await world.at(database, '2026-03-31T23:59:59Z', placeHold(accountId, third)))[0]!.refusal).toBe(
      'spend_cap_reached',
    );
    expect(
      (
        await world.at(database, '2026-03-31T23:59:59Z', placeHold(accountId, third, { ...TERMS, apiKeyId: 'key_2' }))
      )[0]!.refusal,
    ).toBeUndefined();
    const april = await world.at(
      database,
      '2026-04-01T00:00:00Z',
      placeHold(accountId, fourth),
      placeHold(accountId, newJob()),
    );
    expect(april.map((outcome) => outcome.refusal)).toEqual([undefined, 'spend_cap_reached']);
    await world.at(database, '2026-04-02T00:00:00Z', { ...cap, apiKeyId: '', limitMicros: 0n });
    const after = await world.at(
      database,
      '2026-04-03T00:00:00Z',
      placeHold(accountId, newJob()),
      settle(accountId, second),
      settle(accountId, fourth),
    );
    expect(after.map((outcome) => outcome.refusal)).toEqual(['spend_cap_reached', undefined, undefined]);
  });

  it('group what was charged by day, key and resolution, refunds on the day of the charge', async () => {
    const { accountId } = await history();
    const query = { ...ALL, accountId, limit: 10, offset: 0 };
    expect((await usage.page(query)).totals).toEqual({
      jobs: 2n,
      seconds: 10n,
      micros: 2_250_000n,
      refunded: 250_000n,
    });
    expect((await usage.page(query)).rows.map((row) => [row.day, row.chargedMicros, row.refundedMicros])).toEqual([
      ['2026-06-10', 1_000_000n, 0n],
      ['2026-03-05', PRICE_MICROS, 250_000n],
    ]);
    expect(await usage.groups('day', query)).toEqual([
      { group: '2026-06-10', jobs: 1n, seconds: 5n, chargedMicros: 1_000_000n, refundedMicros: 0n },
      { group: '2026-03-05', jobs: 1n, seconds: 5n, chargedMicros: PRICE_MICROS, refundedMicros: 250_000n },
    ]);
    expect((await usage.groups('api_key', query)).map((group) => [group.group, group.jobs])).toEqual([['key_1', 2n]]);
    expect(
      (await usage.groups('resolution', { ...query, endDate: '2026-03-31' })).map((group) => [
        group.group,
        group.chargedMicros,
      ]),
    ).toEqual([['720p', PRICE_MICROS]]);
    expect((await usage.page({ ...query, apiKeyId: 'key_2' })).totals.jobs).toBe(0n);
  });

  it('add up over all accounts, and leave play money out', async () => {
    const { accountId } = await history();
    const revenue = new RevenueReader(database);
    const order = { startDate: ALL.startDate, endDate: ALL.endDate, byDay: true, byAccount: true, byModel: true };
    const own = async (by: object = {}) =>
      (await revenue.sums({ ...order, limit: 1_000, ...by })).filter((row) => row.accountId === accountId);
    expect(await own()).toEqual([
      {
        day: '2026-03-05',
        accountId,
        model: TERMS.model,
        jobs: 1n,
        seconds: 5n,
        chargedMicros: PRICE_MICROS,
        refundedMicros: 250_000n,
      },
      {
        day: '2026-06-10',
        accountId,
        model: TERMS.model,
        jobs: 1n,
        seconds: 5n,
        chargedMicros: 1_000_000n,
        refundedMicros: 0n,
      },
    ]);
    expect(await own({ byDay: false, byModel: false })).toMatchObject([{ day: '', model: '', jobs: 2n }]);
    const total = async () =>
      (await revenue.sums({ ...order, byDay: false, byAccount: false, byModel: false, limit: 2 }))[0]!.chargedMicros;
    const before = await total();
    const play = `${newAccount()}:test`;
    const job = newJob();
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(play, 40_000_000n),
      placeHold(play, job),
      settle(play, job),
    );
    expect((await usage.page({ ...ALL, accountId: play, limit: 1, offset: 0 })).totals.jobs).toBe(1n);
    expect(await total()).toBe(before);
  });

  it('export every charge once, page by page', async () => {
    const accountId = newAccount();
    const jobs = Array.from({ length: 2_500 }, newJob);
    const [first, alone] = [newJob(), { ...TERMS, apiKeyId: 'key_alone' }];
    await world.at(
      database,
      '2026-03-05T10:00:00Z',
      addFunds(accountId, 5_000_000_000n),
      placeHold(accountId, first, alone),
      settle(accountId, first),
    );
    for (let at = 0; at < jobs.length; at += 250) {
      const some = jobs.slice(at, at + 250);
      await world.at(
        database,
        `2026-03-${String(6 + at / 250).padStart(2, '0')}T10:00:00Z`,
        ...some.map((job) => placeHold(accountId, job)),
        ...some.map((job) => settle(accountId, job)),
      );
    }
    const pages: number[] = [];
    const seen = new Set<string>();
    for await (const page of usage.pages({ ...ALL, accountId })) {
      pages.push(page.length);
      page.forEach((row) => seen.add(row.jobId));
    }
    expect(pages).toEqual([1_000, 1_000, 501]);
    expect(seen).toEqual(new Set([first, ...jobs]));
    const range = { ...ALL, accountId, startDate: '2026-03-05', endDate: '2026-03-15' };
    expect(
      (await collected(usage.pages({ ...range, apiKeyId: 'key_alone' }))).map((page) => page.map((row) => row.jobId)),
    ).toEqual([[first]]);
    expect(
      (await usage.page({ ...range, apiKeyId: 'key_alone', limit: 5, offset: 0 })).rows.map((row) => row.jobId),
    ).toEqual([first]);
    const ofDay = (await collected(usage.pages({ ...range, startDate: '2026-03-06', endDate: '2026-03-06' }))).flat();
    expect([ofDay.length, [...new Set(ofDay.map((row) => row.day))]]).toEqual([250, ['2026-03-06']]);
  });
});
