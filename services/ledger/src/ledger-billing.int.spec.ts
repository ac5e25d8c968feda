import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LedgerServiceClient,
  type ExportUsageResponse,
  type LedgerAnswer,
  type LedgerCall,
} from '@usvideo/contracts/ledger';
import { LocalTransport } from '@usvideo/messaging';
import { ExchangeClient } from '@usvideo/exchange';
import { call, dial, hasStatus, status, type Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { readLedgerConfig, startLedger } from './ledger.module';
import { logger, newAccount, newJob } from './posting/ledger.fixture';

const payment = { source: 'manual', paymentRef: 'pay_1', author: 'ops', note: '' };
const firstPage = { offset: 0, beforeVersion: 0n, jobId: '' };
const terms = { model: 'aurora', resolution: '720p', durationSeconds: 5 };

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('billing over gRPC', () => {
  let directory: string;
  let service: Running;
  let client: LedgerServiceClient;
  let exchange: ExchangeClient<LedgerCall, LedgerAnswer>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledger-'));
    const address = `unix:${join(directory, 'ledger.sock')}`;
    const config = readLedgerConfig({
      GRPC_LISTEN: address,
      DATABASE_URL: await (await postgres()).createDatabase('ledger'),
      LEDGER_SIGNING_KEY: randomBytes(32).toString('base64'),
      QUOTE_VALID_SECONDS: '1',
    });
    service = await startLedger({ config, transport: new LocalTransport({ logger }), logger });
    client = dial(LedgerServiceClient, address);
    exchange = new ExchangeClient<LedgerCall, LedgerAnswer>({ open: () => client.exchange(), logger });
  });

  afterAll(async () => {
    expect((await call(client, 'verify', { knownRoot: '' })).differences).toEqual([]);
    await exchange.stop();
    client.close();
    await service.stop();
    await rm(directory, { recursive: true });
  });

  const funded = async (amountMicros = 100_000_000n) => {
    const accountId = newAccount();
    await call(client, 'addFunds', { accountId, amountMicros, ...payment });
    return accountId;
  };
  const ask = async (request: LedgerCall['call']) =>
    (await exchange.request({ call: request }, 5_000)).answer?.value as { refusal: string; amountMicros?: bigint };
  const placeHold = (
    accountId: string,
    jobId = newJob(),
    over: { quoteId?: string; apiKeyId?: string; resolution?: string } = {},
  ) => ask({ $case: 'placeHold', value: { accountId, jobId, apiKeyId: 'key_1', ...terms, ...over } });
  const settle = (accountId: string, jobId: string, chargedMicros = 1_250_000n) =>
    ask({
      $case: 'settle',
      value: { accountId, jobId, chargedMicros, releasedMicros: 1_250_000n - chargedMicros, rule: 'completed' },
    });
  const charged = async (accountId: string) => {
    const jobId = newJob();
    await placeHold(accountId, jobId);
    await settle(accountId, jobId);
    return jobId;
  };

  it('refunds, reverses and adjusts, and shows it in entries, usage and balance', async () => {
    const accountId = await funded();
    const jobId = await charged(accountId);
    const refund = { accountId, jobId, refundKey: 'r1', amountMicros: 250_000n, reason: 'flicker', author: 'ann' };
    expect(await call(client, 'refundCapture', refund)).toMatchObject({ refundedMicros: 250_000n, replayed: false });
    expect(await call(client, 'refundCapture', refund)).toMatchObject({ refundedMicros: 250_000n, replayed: true });
    expect(
      await call(client, 'adjust', {
        accountId,
        adjustmentRef: 'a1',
        amountMicros: -1_000_000n,
        reason: 'duplicate',
        author: 'ann',
      }),
    ).toMatchObject({ replayed: false });
    expect(
      await call(client, 'reverseFunds', {
        accountId,
        paymentRef: 'pay_1',
        reversalRef: 're_1',
        amountMicros: 100_000_000n,
        reason: 'dispute',
        author: 'ops',
      }),
    ).toEqual({ availableMicros: 0n, receivableMicros: 2_000_000n, replayed: false });
    const { entries } = await call(client, 'listEntries', { accountId, limit: 3, ...firstPage });
    expect(
      entries.map((entry) => [
        entry.kind,
        entry.reference,
        entry.note,
        entry.availableChangeMicros,
        entry.receivableChangeMicros,
      ]),
    ).toEqual([
      ['funds_reversed', 're_1', 'dispute', -98_000_000n, 2_000_000n],
      ['adjustment_made', 'a1', 'duplicate', -1_000_000n, 0n],
      ['capture_refunded', 'r1', 'flicker', 250_000n, 0n],
    ]);
    expect(await call(client, 'getBalance', { accountId })).toMatchObject({
      receivableMicros: 2_000_000n,
      totalSpendMicros: 1_000_000n,
      periodSpendMicros: 1_000_000n,
      periodJobs: 1n,
    });
    const range = { accountId, startDate: '2026-01-01', endDate: '2999-12-31', limit: 10, offset: 0 };
    expect(await call(client, 'listUsage', range)).toMatchObject({
      totalRefundedMicros: 250_000n,
      rows: [{ jobId, refundedMicros: 250_000n }],
    });
    expect(
      (await call(client, 'listUsageGroups', { ...range, groupBy: 'resolution', apiKeyId: '' })).groups,
    ).toMatchObject([{ group: '720p', jobs: 1n, refundedMicros: 250_000n }]);
    expect(
      String(await refusalOf(call(client, 'listUsageGroups', { ...range, groupBy: 'end_user', apiKeyId: '' }))),
    ).toContain('personal content never enters it');
  });

  it.each([
    [
      'refundCapture',
      { accountId: 'acc_1', jobId: 'job_1', refundKey: 'r', amountMicros: 1n, reason: '', author: 'ann' },
      status.INVALID_ARGUMENT,
    ],
    [
      'refundCapture',
      { accountId: 'acc_1', jobId: 'job_none', refundKey: 'r', amountMicros: 1n, reason: 'r', author: 'ann' },
      status.NOT_FOUND,
    ],
    [
      'adjust',
      { accountId: 'acc_1', adjustmentRef: 'a', amountMicros: 5n, reason: 'r', author: '' },
      status.INVALID_ARGUMENT,
    ],
    [
      'adjust',
      { accountId: 'acc_1', adjustmentRef: 'a', amountMicros: -5n, reason: 'r', author: 'ann' },
      status.FAILED_PRECONDITION,
    ],
    [
      'reverseFunds',
      { accountId: 'acc_1', paymentRef: 'p', reversalRef: 'v', amountMicros: 1n, reason: 'r', author: 'a' },
      status.NOT_FOUND,
    ],
    ['getStatement', { accountId: 'acc_1', period: '2026-01' }, status.NOT_FOUND],
    ['getTopUp', { accountId: 'acc_1', topUpId: 'top_none' }, status.NOT_FOUND],
    ['applyPaymentEvent', { provider: 'stripe', body: Buffer.from('{}'), signature: 'x' }, status.UNAUTHENTICATED],
    [
      'setPrice',
      { model: 'm', resolution: '720p', perSecondMicros: 1n, effectiveFrom: new Date(0), author: 'ann' },
      status.INVALID_ARGUMENT,
    ],
  ] as const)('refuses %s %o', async (method, request, code) => {
    expect(hasStatus(await refusalOf(call(client, method, request as never)), code)).toBe(true);
  });

  it('caps the account and each key, holds included', async () => {
    const accountId = await funded();
    const jobId = await charged(accountId);
    expect(
      await call(client, 'setSpendCap', { accountId, apiKeyId: 'key_1', limitMicros: 2_500_000n, author: 'ann' }),
    ).toEqual({ cap: { apiKeyId: 'key_1', limitMicros: 2_500_000n, spentMicros: 1_250_000n, heldMicros: 0n } });
    expect((await placeHold(accountId)).refusal).toBe('');
    expect((await placeHold(accountId)).refusal).toBe('spend_cap_reached');
    expect((await placeHold(accountId, newJob(), { apiKeyId: 'key_2' })).refusal).toBe('');
    await call(client, 'setSpendCap', { accountId, apiKeyId: '', limitMicros: 1n, author: 'ann' });
    expect((await placeHold(accountId, newJob(), { apiKeyId: 'key_2' })).refusal).toBe('spend_cap_reached');
    expect((await call(client, 'getSpendCaps', { accountId })).caps).toEqual([
      { apiKeyId: '', limitMicros: 1n, spentMicros: 1_250_000n, heldMicros: 2_500_000n },
      { apiKeyId: 'key_1', limitMicros: 2_500_000n, spentMicros: 1_250_000n, heldMicros: 1_250_000n },
    ]);
    await call(client, 'refundCapture', {
      accountId,
      jobId,
      refundKey: 'r',
      amountMicros: 1n,
      reason: 'r',
      author: 'ann',
    });
    await call(client, 'setSpendCap', { accountId, apiKeyId: '', author: 'ann' });
    expect((await call(client, 'getSpendCaps', { accountId })).caps[0]).toEqual({
      apiKeyId: '',
      spentMicros: 1_249_999n,
      heldMicros: 2_500_000n,
    });
  });

  it('says once that the balance is low', async () => {
    const accountId = await funded(10_000_000n);
    expect(
      await call(client, 'setLowBalanceThreshold', { accountId, thresholdMicros: 9_000_000n, author: 'ann' }),
    ).toEqual({ thresholdMicros: 9_000_000n });
    for (let n = 0; n < 3; n++) await placeHold(accountId);
    expect(await call(client, 'getBalance', { accountId })).toMatchObject({
      version: 6n,
      lowBalanceThresholdMicros: 9_000_000n,
    });
  });

  it('keeps a quoted price until it expires, for its account and terms only', async () => {
    const [accountId, other] = [await funded(), await funded()];
    const model = `model-${newJob()}`;
    const quoteOf = async () => (await call(client, 'createQuote', { accountId, ...terms, model })).quote!;
    const quote = await quoteOf();
    expect(quote).toMatchObject({ amountMicros: 1_250_000n, perSecondMicros: 250_000n, model });
    await call(client, 'setPrice', {
      model,
      resolution: '720p',
      perSecondMicros: 400_000n,
      effectiveFrom: undefined,
      author: 'ann',
    });
    const { quoteId } = quote;
    const place = (account: string, over: object = {}) =>
      ask({
        $case: 'placeHold',
        value: { accountId: account, jobId: newJob(), apiKeyId: 'key_1', ...terms, model, quoteId, ...over },
      });
    expect(await place(accountId)).toMatchObject({ refusal: '', amountMicros: 1_250_000n });
    for (const over of [
      { durationSeconds: 6 },
      { quoteId: `${quoteId.slice(0, -2)}AA` },
      { quoteId: 'quote_x.y' },
      { accountId: other },
    ])
      expect((await place(accountId, over)).refusal).toBe('quote_mismatch');
    await eventually(async () => (await place(accountId)).refusal === 'quote_expired', { what: 'the quote expires' });
    await eventually(async () => (await quoteOf()).amountMicros === 2_000_000n, {
      what: 'the new price to take effect',
    });
    expect(await place(accountId, { quoteId: '' })).toMatchObject({ refusal: '', amountMicros: 2_000_000n });
    expect(
      hasStatus(
        await refusalOf(call(client, 'createQuote', { accountId, ...terms, resolution: '9p' })),
        status.FAILED_PRECONDITION,
      ),
    ).toBe(true);
  });

  it('keeps every version of a price, and dates them', async () => {
    const model = `model-${newJob()}`;
    const later = new Date(Date.now() + 86_400_000);
    const first = await call(client, 'setPrice', {
      model,
      resolution: '720p',
      perSecondMicros: 1n,
      effectiveFrom: undefined,
      author: 'ann',
    });
    const second = await call(client, 'setPrice', {
      model,
      resolution: '720p',
      perSecondMicros: 2n,
      effectiveFrom: later,
      author: 'bob',
    });
    expect([first.price?.priceVersion, second.price]).toEqual([
      1,
      { model, resolution: '720p', perSecondMicros: 2n, priceVersion: 2, effectiveFrom: later, author: 'bob' },
    ]);
    expect(
      (await call(client, 'listPrices', {})).prices
        .filter((price) => price.model === model)
        .map((price) => price.priceVersion),
    ).toEqual([2, 1]);
    const quoted = async () =>
      (await call(client, 'createQuote', { accountId: 'acc_1', ...terms, model })).quote?.perSecondMicros;
    expect(await quoted()).toBe(250_000n);
    await eventually(async () => (await quoted()) === 1n, { what: 'the new price to take effect' });
    expect(
      hasStatus(
        await refusalOf(
          call(client, 'setPrice', {
            model,
            resolution: '720p',
            perSecondMicros: 3n,
            effectiveFrom: later,
            author: 'ann',
          }),
        ),
        status.ALREADY_EXISTS,
      ),
    ).toBe(true);
  });

  it('answers the running statement and streams usage', async () => {
    const accountId = await funded();
    const jobs = await Promise.all(Array.from({ length: 5 }, () => charged(accountId)));
    const { statements, hasMore } = await call(client, 'listStatements', { accountId, limit: 1, offset: 0 });
    expect({ statements, hasMore }).toMatchObject({
      hasMore: false,
      statements: [
        {
          open: true,
          addedMicros: 100_000_000n,
          chargedMicros: 6_250_000n,
          chargedJobs: 5n,
          closingBalanceMicros: 93_750_000n,
        },
      ],
    });
    expect(
      (await call(client, 'getStatement', { accountId, period: statements[0]!.period })).statement?.chargedJobs,
    ).toBe(5n);
    expect(await call(client, 'getBalance', { accountId, asOf: new Date() })).toMatchObject({
      availableMicros: 93_750_000n,
      version: 11n,
    });
    const rows: string[] = [];
    const stream = client.exportUsage({ accountId, startDate: '2026-01-01', endDate: '2999-12-31', apiKeyId: '' });
    for await (const page of stream as AsyncIterable<ExportUsageResponse>)
      rows.push(...page.rows.map((row) => row.jobId));
    expect(new Set(rows)).toEqual(new Set(jobs));
  });

  it('takes manual top-ups that an operator confirms', async () => {
    const accountId = newAccount();
    const order = {
      accountId,
      amountMicros: 5_000_000n,
      idempotencyKey: 'k',
      successUrl: '',
      cancelUrl: '',
      provider: '',
      author: 'key_1',
    };
    const { topUp } = await call(client, 'createTopUp', order);
    expect(topUp).toMatchObject({ status: 'pending', provider: 'manual', checkoutUrl: '' });
    expect((await call(client, 'createTopUp', order)).topUp?.topUpId).toBe(topUp?.topUpId);
    expect(
      hasStatus(await refusalOf(call(client, 'createTopUp', { ...order, amountMicros: 1n })), status.ALREADY_EXISTS),
    ).toBe(true);
    expect(
      hasStatus(
        await refusalOf(call(client, 'createTopUp', { ...order, provider: 'stripe' })),
        status.INVALID_ARGUMENT,
      ),
    ).toBe(true);
    const confirmation = { topUpId: topUp!.topUpId, paymentRef: 'bank 4711', author: 'ann' };
    expect((await call(client, 'confirmTopUp', confirmation)).topUp).toMatchObject({
      status: 'completed',
      paymentRef: 'bank 4711',
    });
    expect((await call(client, 'confirmTopUp', confirmation)).topUp).toMatchObject({ status: 'completed' });
    expect(
      hasStatus(
        await refusalOf(call(client, 'confirmTopUp', { ...confirmation, paymentRef: 'another' })),
        status.ALREADY_EXISTS,
      ),
    ).toBe(true);
    expect((await call(client, 'getBalance', { accountId })).availableMicros).toBe(5_000_000n);
    expect((await call(client, 'listTopUps', { accountId, limit: 10, offset: 0 })).topUps).toHaveLength(1);
    expect(
      hasStatus(
        await refusalOf(call(client, 'getTopUp', { accountId: newAccount(), topUpId: topUp!.topUpId })),
        status.NOT_FOUND,
      ),
    ).toBe(true);
  });

  it('signs roots and exports accounts with the proof', async () => {
    const accountId = await funded();
    const { root } = await call(client, 'signRoot', {});
    expect((await call(client, 'listSignedRoots', { limit: 1, offset: 0 })).roots).toEqual([root]);
    const known = Buffer.from(root!.root).toString('hex');
    expect(await call(client, 'verify', { knownRoot: known })).toMatchObject({
      differences: [],
      lastRootAt: root!.signedAt,
    });
    expect((await call(client, 'verify', { knownRoot: 'ff'.repeat(32) })).differences).toEqual([
      expect.stringContaining('kept outside'),
    ]);
    const types: string[] = [];
    for await (const page of client.exportAccount({ accountId }) as AsyncIterable<{ lines: string[] }>)
      types.push(...page.lines.map((line) => (JSON.parse(line) as { type: string }).type));
    expect(types).toEqual(['account', 'event', 'root']);
  });
});
