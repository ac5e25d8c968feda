import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLogServiceClient } from '@usvideo/contracts/events';
import { LedgerRefusal, LedgerServiceClient, type LedgerAnswer, type LedgerCall } from '@usvideo/contracts/ledger';
import { refusedAs } from '@usvideo/contracts/names';
import { LocalTransport } from '@usvideo/messaging';
import { ExchangeClient } from '@usvideo/exchange';
import {
  call,
  createLogger,
  dial,
  hasStatus,
  inSpan,
  currentTraceparent,
  status,
  traceIdOf,
  type Running,
} from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import { openDatabase, SCHEMA_LEVEL, shardOf } from '@usvideo/event-store';
import { readLedgerConfig, startLedger } from './ledger.module';

const logger = createLogger('ledger', 'silent');

describe('the ledger over gRPC', () => {
  let directory: string;
  let service: Running;
  let client: LedgerServiceClient;
  let events: EventLogServiceClient;
  let exchange: ExchangeClient<LedgerCall, LedgerAnswer>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledger-'));
    const server = await postgres();
    const address = `unix:${join(directory, 'ledger.sock')}`;
    const config = readLedgerConfig({ GRPC_LISTEN: address, DATABASE_URL: await server.createDatabase('ledger') });
    service = await startLedger({ config, transport: new LocalTransport({ logger }), logger });
    client = dial(LedgerServiceClient, address);
    events = dial(EventLogServiceClient, address);
    exchange = new ExchangeClient<LedgerCall, LedgerAnswer>({ open: () => client.exchange(), logger });
  });

  afterAll(async () => {
    await exchange.stop();
    client.close();
    events.close();
    await service.stop();
    await rm(directory, { recursive: true });
  });

  const addFunds = (accountId: string, amountMicros: bigint, paymentRef = ulid(), source = 'manual') =>
    call(client, 'addFunds', { accountId, amountMicros, source, paymentRef, author: 'ops', note: 'a gift' });
  const balance = (accountId: string) => call(client, 'getBalance', { accountId });
  const ask = async (request: LedgerCall['call']) => (await exchange.request({ call: request }, 5_000)).answer;
  const placeHold = (accountId: string, jobId: string, durationSeconds = 5, model = 'aurora') =>
    ask({
      $case: 'placeHold',
      value: { accountId, jobId, apiKeyId: 'key_1', model, resolution: '720p', durationSeconds },
    });
  const settle = (accountId: string, jobId: string, chargedMicros: bigint, releasedMicros: bigint) =>
    ask({ $case: 'settle', value: { accountId, jobId, chargedMicros, releasedMicros, rule: 'completed' } });
  const voidHold = (accountId: string, jobId: string) => ask({ $case: 'voidHold', value: { accountId, jobId } });
  const newAccount = () => `acc_${ulid()}`;
  const newJob = () => `job_${ulid()}`;

  it('answers zero for an account that it has never heard of', async () => {
    const now = new Date();
    expect(await balance(newAccount())).toEqual({
      availableMicros: 0n,
      heldMicros: 0n,
      receivableMicros: 0n,
      version: 0n,
      totalSpendMicros: 0n,
      periodSpendMicros: 0n,
      periodJobs: 0n,
      lowBalanceThresholdMicros: 0n,
      periodStart: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)),
      periodEnd: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)),
    });
  });

  it('adds a payment once, and refuses another amount under its reference', async () => {
    const accountId = newAccount();
    expect(await addFunds(accountId, 250_000_000n, 'pay_1')).toEqual({
      availableMicros: 250_000_000n,
      replayed: false,
    });
    expect(await addFunds(accountId, 250_000_000n, 'pay_1')).toEqual({ availableMicros: 250_000_000n, replayed: true });
    const other = await addFunds(accountId, 1n, 'pay_1').catch((error: unknown) => error);
    expect(hasStatus(other, status.ALREADY_EXISTS)).toBe(true);
    expect((await balance(accountId)).availableMicros).toBe(250_000_000n);
  });

  it.each([
    ['no account', '', 1n, 'p', 'manual'],
    ['no reference', 'acc_1', 1n, '', 'manual'],
    ['an unknown source', 'acc_1', 1n, 'p', 'theft'],
    ['no amount', 'acc_1', 0n, 'p', 'manual'],
    ['a negative amount', 'acc_1', -1n, 'p', 'manual'],
  ])('refuses funds with %s', async (_, accountId, amount, ref, source) => {
    const error = await addFunds(accountId, amount, ref, source).catch((thrown: unknown) => thrown);
    expect(hasStatus(error, status.INVALID_ARGUMENT)).toBe(true);
  });

  it('holds, captures and shows the job in balance, entries and usage', async () => {
    const accountId = newAccount();
    const jobId = newJob();
    await addFunds(accountId, 10_000_000n);
    expect(await placeHold(accountId, jobId)).toEqual({
      $case: 'placeHold',
      value: { refusal: '', amountMicros: 1_250_000n, availableMicros: 8_750_000n },
    });
    expect(await balance(accountId)).toMatchObject({
      availableMicros: 8_750_000n,
      heldMicros: 1_250_000n,
      totalSpendMicros: 0n,
    });
    expect(await settle(accountId, jobId, 1_000_000n, 250_000n)).toEqual({ $case: 'settle', value: { refusal: '' } });
    expect(await balance(accountId)).toMatchObject({
      availableMicros: 9_000_000n,
      heldMicros: 0n,
      totalSpendMicros: 1_000_000n,
      periodSpendMicros: 1_000_000n,
      periodJobs: 1n,
    });

    const page = { accountId, limit: 2, offset: 0, beforeVersion: 0n, jobId: '' };
    const { entries, hasMore } = await call(client, 'listEntries', page);
    expect(
      entries.map((entry) => [
        entry.version,
        entry.kind,
        entry.availableChangeMicros,
        entry.heldChangeMicros,
        entry.availableAfterMicros,
        entry.heldAfterMicros,
      ]),
    ).toEqual([
      [3n, 'hold_captured', 250_000n, -1_250_000n, 9_000_000n, 0n],
      [2n, 'hold_placed', -1_250_000n, 1_250_000n, 8_750_000n, 1_250_000n],
    ]);
    expect(hasMore).toBe(true);
    const older = await call(client, 'listEntries', { ...page, beforeVersion: 2n });
    expect(older).toMatchObject({
      hasMore: false,
      entries: [{ version: 1n, kind: 'funds_added', note: 'a gift', jobId: '' }],
    });
    expect(
      (await call(client, 'listEntries', { ...page, limit: 10, jobId })).entries.map((entry) => entry.version),
    ).toEqual([3n, 2n]);
    expect((await call(client, 'listEntries', { ...page, limit: 10, jobId: newJob() })).entries).toEqual([]);

    const today = new Date().toISOString().slice(0, 10);
    const usage = await call(client, 'listUsage', {
      accountId,
      startDate: '2026-01-01',
      endDate: '2999-12-31',
      limit: 1,
      offset: 0,
    });
    expect(usage).toMatchObject({ hasMore: false, totalJobs: 1n, totalSeconds: 5n, totalMicros: 1_000_000n });
    expect(usage.rows[0]).toMatchObject({
      jobId,
      apiKeyId: 'key_1',
      model: 'aurora',
      resolution: '720p',
      durationSeconds: 5,
      perSecondMicros: 250_000n,
      chargedMicros: 1_000_000n,
    });
    expect([today, usage.rows[0]!.chargedAt!.toISOString().slice(0, 10)]).toContain(usage.rows[0]!.day);
    expect(
      await call(client, 'listUsage', {
        accountId,
        startDate: '2020-01-01',
        endDate: '2020-01-31',
        limit: 1,
        offset: 0,
      }),
    ).toMatchObject({ rows: [], totalJobs: 0n });
  });

  it('refuses a hold one cent short and places it after the top-up', async () => {
    const accountId = newAccount();
    const jobId = newJob();
    await addFunds(accountId, 1_240_000n);
    expect(await placeHold(accountId, jobId)).toEqual({
      $case: 'placeHold',
      value: { ...refusedAs(LedgerRefusal, 'insufficient_balance'), amountMicros: 0n, availableMicros: 1_240_000n },
    });
    await addFunds(accountId, 10_000n);
    expect(await placeHold(accountId, jobId)).toMatchObject({
      value: { refusal: '', amountMicros: 1_250_000n, availableMicros: 0n },
    });
  });

  it('names what it refuses', async () => {
    const accountId = newAccount();
    await addFunds(accountId, 10_000_000n);
    const [held, voided] = [newJob(), newJob()];
    await placeHold(accountId, held);
    expect(await placeHold(accountId, held, 6)).toMatchObject({ value: { refusal: 'hold_conflict' } });
    expect(await placeHold(accountId, newJob(), 0)).toMatchObject({ value: { refusal: 'price_unavailable' } });
    expect(await voidHold(accountId, voided)).toMatchObject({ value: { refusal: '' } });
    expect(await placeHold(accountId, voided)).toMatchObject({ value: { refusal: 'hold_voided' } });
    expect(await settle(accountId, newJob(), 1n, 0n)).toMatchObject({ value: { refusal: 'hold_unknown' } });
    expect(await settle(accountId, held, 1_250_001n, 0n)).toMatchObject({ value: { refusal: 'capture_exceeds_hold' } });
    expect(await settle(accountId, held, 1_250_000n, 0n)).toMatchObject({ value: { refusal: '' } });
    expect(await voidHold(accountId, held)).toMatchObject({ value: { refusal: 'hold_captured' } });
    expect(await settle(accountId, held, 0n, 1_250_000n)).toMatchObject({ value: { refusal: 'verdict_conflict' } });
    expect(await placeHold(newAccount(), held)).toMatchObject({ value: { refusal: 'hold_conflict' } });
    await expect(ask({ $case: 'voidHold', value: { accountId: '', jobId: held } })).rejects.toThrow();
  });

  it('lists prices and the holds that are pending', async () => {
    const { prices } = await call(client, 'listPrices', {});
    expect(prices.map((price) => [price.model, price.resolution, price.perSecondMicros])).toEqual(
      expect.arrayContaining([
        ['*', '480p', 100_000n],
        ['*', '720p', 250_000n],
        ['*', '1080p', 500_000n],
      ]),
    );
    const accountId = newAccount();
    const jobId = newJob();
    await addFunds(accountId, 10_000_000n);
    await placeHold(accountId, jobId);
    const listed = { placedBefore: undefined, limit: 500, jobIds: [] };
    const { holds } = await call(client, 'listPendingHolds', { ...listed, olderThanSeconds: 0 });
    expect(holds).toContainEqual({ accountId, jobId, amountMicros: 1_250_000n, placedAt: expect.any(Date) });
    expect((await call(client, 'listPendingHolds', { ...listed, olderThanSeconds: 3_600 })).holds).toEqual([]);
    // As a scheduler of the version before asks.
    const ofBefore = await call(client, 'listPendingHolds', { ...listed, placedBefore: new Date(Date.now() + 60_000) });
    expect(ofBefore.holds.map((hold) => hold.jobId)).toContain(jobId);
    expect((await call(client, 'listPendingHolds', { ...listed, placedBefore: new Date(0) })).holds).toEqual([]);
    expect(
      (
        await call(client, 'listPendingHolds', {
          ...listed,
          placedBefore: new Date(0),
          limit: 1,
          jobIds: ['job_of_nobody', ...holds.map(({ jobId }) => jobId)],
        })
      ).holds
        .map(({ jobId }) => jobId)
        .sort(),
    ).toEqual(holds.map(({ jobId }) => jobId).sort());
  });

  it('lists pending holds page by page, each once, also when the last of a page has ended meanwhile', async () => {
    const accountId = newAccount();
    await addFunds(accountId, 100_000_000n);
    const jobs = Array.from({ length: 5 }, () => newJob());
    await Promise.all(jobs.map((jobId) => placeHold(accountId, jobId)));
    const seen: string[] = [];
    for (let afterJobId: string | undefined; ;) {
      const { holds } = await call(client, 'listPendingHolds', {
        olderThanSeconds: 0,
        placedBefore: undefined,
        limit: 2,
        jobIds: [],
        afterJobId,
      });
      seen.push(...holds.map(({ jobId }) => jobId));
      if (holds.length < 2) break;
      afterJobId = holds.at(-1)!.jobId;
      await ask({ $case: 'voidHold', value: { accountId: holds.at(-1)!.accountId, jobId: afterJobId } });
    }
    expect(seen.filter((jobId) => jobs.includes(jobId)).sort()).toEqual([...jobs].sort());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("records events in the caller's trace and serves them", async () => {
    const accountId = newAccount();
    const traceId = await inSpan('test', { root: true }, async () => {
      await addFunds(accountId, 10_000_000n);
      await placeHold(accountId, newJob());
      return traceIdOf(currentTraceparent());
    });
    const shard = shardOf(accountId);
    const page = await call(events, 'readEvents', { topic: 'usvideo.ledger.v1', shard, afterSeq: 0n, limit: 500 });
    const own = page.events.filter((event) => event.accountId === accountId);
    expect(own.map((event) => [event.kind, event.environment, event.version, traceIdOf(event.traceparent)])).toEqual([
      ['funds_added', 'live', 1n, traceId],
      ['hold_placed', 'live', 2n, traceId],
    ]);
  });

  it('does not start on a database that was raised above what it reads', async () => {
    const DATABASE_URL = await (await postgres()).createDatabase('ledger_raised');
    const start = () =>
      startLedger({
        config: readLedgerConfig({ GRPC_LISTEN: `unix:${join(directory, 'raised.sock')}`, DATABASE_URL }),
        transport: new LocalTransport({ logger }),
        logger,
      });
    await (await start()).stop();
    const database = openDatabase({ url: DATABASE_URL, poolSize: 1, applicationName: 'operator' }, () => undefined);
    await database.query('update schema_level set level = level + 1');
    await database.end();
    await expect(start()).rejects.toThrow(
      `schema_level: the database is at ${SCHEMA_LEVEL + 1} and this version reads up to ${SCHEMA_LEVEL}`,
    );
  });

  it('verifies after all of this', async () => {
    const { differences, postingsSumMicros, eventsChecked } = await call(client, 'verify', {});
    expect({ differences, postingsSumMicros }).toEqual({ differences: [], postingsSumMicros: 0n });
    expect(eventsChecked).toBeGreaterThan(10n);
  });
});
