import { status } from '@grpc/grpc-js';
import type { TopUp } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;

beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.ledger = {};
  test.peers.scheduler = {};
});

async function admin(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${test.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** As the ledger refuses. */
const refused = (code: status, details: string) => () => {
  throw Object.assign(failure(code), { details });
};

const topUp = (over: Partial<TopUp> = {}): TopUp => ({
  topUpId: 'top_1',
  accountId: 'acc_1',
  amountMicros: 100_000_000n,
  provider: 'stripe',
  status: 'pending',
  checkoutUrl: '',
  paymentRef: '',
  createdAt: new Date(0),
  endedAt: undefined,
  reversedMicros: 0n,
  automatic: false,
  ...over,
});

describe('an operator', () => {
  beforeEach(() => {
    test.peers.accounts.getAccount = () => ({ account: undefined });
  });

  it('gives a charge back, takes a payment back and corrects a balance, by name and with a reason', async () => {
    const seen: object[] = [];
    test.peers.ledger.refundCapture = (request) => {
      seen.push(request);
      return { availableMicros: 2n, refundedMicros: 250_000n, replayed: false };
    };
    test.peers.ledger.reverseFunds = (request) => {
      seen.push(request);
      return { availableMicros: 0n, receivableMicros: 250_000n, replayed: false };
    };
    test.peers.ledger.adjust = (request) => {
      seen.push(request);
      return { availableMicros: 0n, receivableMicros: 0n, replayed: true };
    };
    const by = { reason: 'Too dark', author: 'Ada Lovelace' };
    expect(
      await admin('POST', '/accounts/acc_1/refunds', { job_id: 'job_1', refund_key: 'r', amount_usd: '0.25', ...by }),
    ).toMatchObject({ status: 200, body: { refunded: '$0.25', replayed: false } });
    expect(
      await admin('POST', '/accounts/acc_1/reversals', {
        payment_ref: 'p',
        reversal_ref: 'v',
        amount_usd: '0.25',
        ...by,
      }),
    ).toMatchObject({ status: 200, body: { owed: '$0.25', available: '$0.00' } });
    expect(
      await admin('POST', '/accounts/acc_1/adjustments', { adjustment_ref: 'a', amount_usd: '-0.25', ...by }),
    ).toMatchObject({ status: 200, body: { amount: '-$0.25', replayed: true } });
    expect(seen).toEqual([
      { accountId: 'acc_1', jobId: 'job_1', refundKey: 'r', amountMicros: 250_000n, ...by },
      { accountId: 'acc_1', paymentRef: 'p', reversalRef: 'v', amountMicros: 250_000n, ...by },
      { accountId: 'acc_1', adjustmentRef: 'a', amountMicros: -250_000n, ...by },
    ]);
    for (const without of ['reason', 'author']) {
      expect(
        await admin('POST', '/accounts/acc_1/adjustments', {
          adjustment_ref: 'a',
          amount_usd: 1,
          ...by,
          [without]: undefined,
        }),
      ).toMatchObject({ status: 400, body: { details: [{ field: without }] } });
    }
  });

  it.each<[status, string, string]>([
    [status.NOT_FOUND, 'hold_unknown', 'job_id'],
    [status.FAILED_PRECONDITION, 'hold_not_captured', 'job_id'],
    [status.FAILED_PRECONDITION, 'refund_exceeds_capture', 'amount_usd'],
    [status.ALREADY_EXISTS, 'refund_conflict', 'refund_key'],
    [status.INVALID_ARGUMENT, 'amount_out_of_range', 'amount_usd'],
  ])('is told %s %s as a fault of %s', async (code, reason, field) => {
    test.peers.ledger.refundCapture = refused(code, reason);
    const body = { job_id: 'job_1', refund_key: 'r', amount_usd: 1, reason: 'x', author: 'Ada' };
    expect(await admin('POST', '/accounts/acc_1/refunds', body)).toMatchObject({
      status: 400,
      body: { details: [{ field }] },
    });
  });

  it('sets prices from now or later on, and lists their versions', async () => {
    test.peers.ledger.setPrice = ({ model, resolution, perSecondMicros, effectiveFrom, author }) => ({
      price: { model, resolution, perSecondMicros, priceVersion: 4, effectiveFrom, author },
    });
    const price = { model: '*', resolution: '720p', per_second_usd: 0.3, author: 'Ada' };
    expect(await admin('POST', '/prices', { ...price, effective_from: '2999-01-01T00:00:00Z' })).toMatchObject({
      status: 201,
      body: { per_second: '$0.30', version: 4, effective_from: '2999-01-01T00:00:00.000Z', author: 'Ada' },
    });
    expect(await admin('POST', '/prices', { ...price, effective_from: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'effective_from' }] },
    });
    test.peers.ledger.setPrice = refused(status.ALREADY_EXISTS, 'price_conflict');
    expect(await admin('POST', '/prices', price)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'effective_from' }] },
    });
    test.peers.ledger.listPrices = () => ({
      prices: [
        { model: '*', resolution: '720p', perSecondMicros: 300_000n, priceVersion: 4, effectiveFrom: new Date(0) },
      ],
    });
    expect(await admin('GET', '/prices')).toMatchObject({
      status: 200,
      body: { data: [{ model: '*', version: 4, author: null }] },
    });
  });

  it('confirms a manual top-up', async () => {
    test.peers.ledger.findTopUp = () => ({ topUp: topUp({ provider: 'manual' }) });
    test.peers.ledger.confirmTopUp = ({ paymentRef }) => ({
      topUp: topUp({ status: 'completed', paymentRef, provider: 'manual' }),
    });
    expect(await admin('POST', '/topups/top_1/confirm', { payment_ref: 'wire-1', author: 'Ada' })).toMatchObject({
      status: 200,
      body: { status: 'completed', account_id: 'acc_1', payment_ref: 'wire-1' },
    });
    test.peers.ledger.confirmTopUp = refused(status.FAILED_PRECONDITION, 'top_up_not_manual');
    expect((await admin('POST', '/topups/top_1/confirm', { payment_ref: 'wire-1', author: 'Ada' })).status).toBe(400);
    test.peers.ledger.findTopUp = refused(status.NOT_FOUND, 'top_up_unknown');
    expect((await admin('POST', '/topups/top_9/confirm', { payment_ref: 'wire-1', author: 'Ada' })).status).toBe(404);
  });

  it('compares jobs with their money', async () => {
    let seen: object = {};
    test.peers.scheduler.reconcile = (request) => {
      seen = request;
      return { jobsChecked: 3n, holdsChecked: 3n, underWay: 1n, differences: ['job_1 ended twice'] };
    };
    expect(await admin('GET', '/reconcile?grace_seconds=0')).toMatchObject({
      status: 200,
      body: { ok: false, jobs_checked: 3, under_way: 1, differences: ['job_1 ended twice'] },
    });
    expect(seen).toEqual({ graceSeconds: 0 });
  });

  it('lists what a consumer parked, and replays it', async () => {
    const parkedAt = new Date(0);
    test.peers.parked.listParked = ({ limit }) => ({
      events: [
        {
          topic: 'usvideo.jobs.v1',
          shard: 3,
          seq: BigInt(limit),
          streamId: 'job_1',
          kind: 'job_completed',
          reason: 'hold_unknown',
          parkedAt,
        },
      ],
    });
    expect(await admin('GET', '/consumers/ledger/parked?limit=7')).toMatchObject({
      status: 200,
      body: {
        consumer: 'ledger',
        data: [
          {
            topic: 'usvideo.jobs.v1',
            shard: 3,
            seq: 7,
            stream_id: 'job_1',
            kind: 'job_completed',
            reason: 'hold_unknown',
            parked_at: parkedAt.toISOString(),
          },
        ],
      },
    });
    const asked: string[] = [];
    test.peers.parked.replayParked = ({ streamId }) => {
      asked.push(streamId);
      return { replayed: 2n, stillParked: ['job_2'] };
    };
    const replayed = { status: 200, body: { consumer: 'webhooks', replayed: 2, still_parked: ['job_2'] } };
    expect(await admin('POST', '/consumers/webhooks/replay')).toMatchObject(replayed);
    expect(await admin('POST', '/consumers/webhooks/replay', { stream_id: 'job_1' })).toMatchObject(replayed);
    expect(asked).toEqual(['', 'job_1']);
    expect(await admin('POST', '/consumers/gateway/replay')).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('ledger, scheduler, webhooks') },
    });
  });

  it('says what was not delivered to a consumer', async () => {
    const asked: number[] = [];
    test.peers.parked.listUndelivered = ({ heardWithinSeconds }) => {
      asked.push(heardWithinSeconds);
      return { topic: 'usvideo.jobs.v1', differences: heardWithinSeconds === 0 ? ['has not heard event 2'] : [] };
    };
    expect(await admin('GET', '/consumers/ledger/undelivered')).toMatchObject({
      status: 200,
      body: { consumer: 'ledger', topic: 'usvideo.jobs.v1', ok: true, differences: [] },
    });
    expect(await admin('GET', '/consumers/ledger/owed?heard_within_seconds=0')).toMatchObject({
      status: 200,
      body: { ok: false, differences: ['has not heard event 2'] },
    });
    expect(asked).toEqual([600, 0]);
    expect(await admin('GET', '/consumers/gateway/undelivered')).toMatchObject({ status: 404 });
  });

  it('asks a service of the version before by the name of then', async () => {
    delete test.peers.parked.listUndelivered;
    test.peers.parked.listOwed = () => ({ topic: 'usvideo.jobs.v1', differences: [] });
    expect(await admin('GET', '/consumers/ledger/undelivered')).toMatchObject({ status: 200, body: { ok: true } });
  });

  it('lists where a consumer heard what its restored publisher lost, and goes on', async () => {
    const shard = {
      topic: 'usvideo.jobs.v1',
      shard: 3,
      heardEpoch: 'old',
      heardSeq: 9n,
      epoch: 'new',
      sharedSeq: 7n,
      lost: 2n,
    };
    const listed = {
      topic: 'usvideo.jobs.v1',
      shard: 3,
      heard_epoch: 'old',
      heard_seq: 9,
      epoch: 'new',
      shared_seq: 7,
      lost: 2,
    };
    test.peers.parked.listRestored = () => ({
      shards: [shard, { ...shard, shard: 4, sharedSeq: undefined, lost: undefined }],
    });
    test.peers.parked.adoptRestored = () => ({ shards: [shard] });
    expect(await admin('GET', '/consumers/ledger/restored')).toMatchObject({
      status: 200,
      body: { consumer: 'ledger', data: [listed, { ...listed, shard: 4, shared_seq: null, lost: null }] },
    });
    expect(await admin('POST', '/consumers/ledger/adopt')).toMatchObject({
      status: 200,
      body: { consumer: 'ledger', adopted: [listed] },
    });
    expect((await admin('POST', '/consumers/gateway/adopt')).status).toBe(404);
  });

  it('signs and lists roots, where there is a key', async () => {
    const root = {
      sequence: 7n,
      signedAt: new Date(0),
      accounts: 2n,
      root: Buffer.from('ab', 'hex'),
      previousRoot: Buffer.from('cd', 'hex'),
      signature: Buffer.from('s'),
      publicKey: Buffer.from('p'),
    };
    test.peers.ledger.signRoot = () => ({ root });
    test.peers.ledger.listSignedRoots = () => ({ roots: [root], hasMore: false });
    expect(await admin('POST', '/ledger/roots')).toMatchObject({
      status: 201,
      body: { sequence: 7, root: 'ab', previous_root: 'cd', public_key: 'cA==' },
    });
    expect(await admin('GET', '/ledger/roots')).toMatchObject({ status: 200, body: { data: [{ sequence: 7 }] } });
    test.peers.ledger.signRoot = refused(status.FAILED_PRECONDITION, 'signing_not_configured');
    expect((await admin('POST', '/ledger/roots')).status).toBe(404);
  });

  it('exports an account as lines', async () => {
    test.peers.exportAccount = async function* () {
      yield { lines: ['{"a":1}', '{"b":2}'] };
      yield { lines: ['{"c":3}'] };
    };
    const answer = await fetch(`${test.adminUrl}/admin/v1/accounts/acc_1/export`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual([
      'application/x-ndjson',
      '{"a":1}\n{"b":2}\n{"c":3}\n',
    ]);
  });
});
