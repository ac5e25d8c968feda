import { createHash } from 'node:crypto';
import type { PendingOrder } from '@usvideo/contracts/accounts';
import { status } from '@grpc/grpc-js';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../http/gateway.fixture';

const ANN = `usv_op_${'a'.repeat(43)}`;
const BOB = `usv_op_${'b'.repeat(43)}`;
const account = {
  accountId: 'acc_1',
  name: 'Ada',
  email: 'a@b.co',
  plan: 'standard',
  status: 'active',
  createdAt: new Date(0),
  liveLimits: undefined,
  testLimits: undefined,
};
const order: PendingOrder = {
  orderId: 'ord_1',
  kind: 'credit',
  accountId: 'acc_1',
  reference: 'wire-1',
  amountMicros: 5_000_000_000n,
  reason: 'an invoice',
  author: 'ann',
  state: 'pending',
  decidedBy: '',
  createdAt: new Date(0),
  expiresAt: new Date(1),
  decidedAt: undefined,
};

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway({ DUAL_CONTROL_USD: '1000' });
  test.peers.accounts.getAccount = () => ({ account });
  test.peers.operators.verifyOperator = ({ tokenSha256 }) => {
    const [name] =
      Object.entries({ ann: ANN, bob: BOB }).find(([, token]) =>
        createHash('sha256').update(token).digest().equals(Buffer.from(tokenSha256)),
      ) ?? [];
    if (name === undefined) throw failure(status.NOT_FOUND);
    return {
      operator: {
        operatorId: 'opr_1',
        name,
        role: 'operator',
        createdAt: undefined,
        lastUsedAt: undefined,
        expiresAt: undefined,
        revokedAt: undefined,
        federated: false,
      },
    };
  };
});
afterAll(() => test.stop());
const moves: string[] = [];
beforeEach(() => {
  moves.length = 0;
  test.peers.ledger.addFunds = ({ amountMicros, paymentRef, author }) => {
    moves.push(`${amountMicros} ${paymentRef} ${author}`);
    return { availableMicros: amountMicros, replayed: false };
  };
  test.peers.ledger.adjust = ({ amountMicros, adjustmentRef, author }) => {
    moves.push(`${amountMicros} ${adjustmentRef} ${author}`);
    return { availableMicros: 0n, receivableMicros: 0n, replayed: false };
  };
  test.peers.operators.proposeOrder = ({ actor, kind, amountMicros }) => ({
    refusal: '',
    order: { ...order, author: actor!.author, kind, amountMicros },
  });
});

async function send(path: string, body?: object, token = ANN) {
  const response = await fetch(`${test.adminUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const credit = (amount: number, token = ANN) =>
  send('/accounts/acc_1/credit', { amount_usd: amount, payment_ref: 'wire-1', note: 'an invoice' }, token);
const adjust = (amount: number) =>
  send('/accounts/acc_1/adjustments', { amount_usd: amount, adjustment_ref: 'adj-1', reason: 'an invoice' });

it('moves at once what one operator may move, and has the rest wait, whichever way it goes', async () => {
  expect((await credit(1_000)).status).toBe(200);
  expect((await adjust(-1_000)).status).toBe(200);
  expect(moves).toEqual(['1000000000 wire-1 ann', '-1000000000 adj-1 ann']);
  expect(await credit(1_000.01)).toMatchObject({
    status: 202,
    body: { object: 'operator_order', status: 'pending', author: 'ann', amount: '$1000.01' },
  });
  expect(await adjust(-1_000.01)).toMatchObject({ status: 202, body: { kind: 'adjustment', amount: '-$1000.01' } });
  expect(await send('/accounts/acc_1/credit', { amount_usd: 5_000, payment_ref: 'wire-2' })).toMatchObject({
    status: 400,
    body: { details: [{ field: 'note' }] },
  });
  expect(moves).toHaveLength(2);
});

it('takes persons: the token of the installation could be either of them', async () => {
  expect((await credit(1_000, ADMIN_TOKEN)).status).toBe(200);
  expect(await credit(5_000, ADMIN_TOKEN)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
  expect(await send('/orders/ord_1/approve', undefined, ADMIN_TOKEN)).toMatchObject({ status: 403 });
});

it("moves it when another has approved, under the order's own reference and both names", async () => {
  test.peers.operators.decideOrder = ({ orderId, approved, actor }) => {
    expect([orderId, approved, actor!.author]).toEqual(['ord_1', true, 'bob']);
    return { refusal: '', order: { ...order, state: 'approved', decidedBy: 'bob' } };
  };
  expect(await send('/orders/ord_1/approve', undefined, BOB)).toMatchObject({
    status: 200,
    body: { status: 'approved', decided_by: 'bob', moved: { payment_ref: 'wire-1', amount: '$5000.00' } },
  });
  expect(moves).toEqual(['5000000000 wire-1 ann, approved by bob']);
});

it.each([
  ['own_order', 403],
  ['order_expired', 400],
  ['order_decided', 400],
])('moves nothing when accounts says %s', async (refusal, code) => {
  test.peers.operators.decideOrder = () => ({ refusal, order });
  expect((await send('/orders/ord_1/approve')).status).toBe(code);
  expect(moves).toEqual([]);
});

it('declines, lists, and knows no others', async () => {
  test.peers.operators.decideOrder = ({ approved }) => {
    if (approved) throw failure(status.NOT_FOUND);
    return { refusal: '', order: { ...order, state: 'declined', decidedBy: 'ann' } };
  };
  expect(await send('/orders/ord_1/decline')).toMatchObject({ status: 200, body: { status: 'declined' } });
  expect((await send('/orders/ord_2/approve')).status).toBe(404);
  test.peers.operators.listOrders = () => ({ orders: [order], hasMore: false });
  const listed = await fetch(`${test.adminUrl}/admin/v1/orders`, { headers: { authorization: `Bearer ${ANN}` } });
  expect(await listed.json()).toMatchObject({ object: 'list', data: [{ id: 'ord_1', status: 'pending' }] });
});

describe('the confirmation of a manual top-up', () => {
  const topUp = {
    topUpId: 'top_1',
    accountId: 'acc_1',
    amountMicros: 5_000_000_000n,
    provider: 'manual',
    status: 'pending',
    checkoutUrl: '',
    paymentRef: '',
    createdAt: new Date(0),
    endedAt: undefined,
    reversedMicros: 0n,
    automatic: false,
  };
  const confirm = (token = ANN) => send('/topups/top_1/confirm', { payment_ref: 'wire-7' }, token);
  beforeEach(() => {
    test.peers.ledger.confirmTopUp = ({ topUpId, paymentRef, author }) => {
      moves.push(`${topUpId} ${paymentRef} ${author}`);
      return { topUp: { ...topUp, status: 'completed', paymentRef } };
    };
  });

  it('is at once up to what one operator may move, and waits for a second above', async () => {
    test.peers.ledger.findTopUp = () => ({ topUp: { ...topUp, amountMicros: 1_000_000_000n } });
    expect(await confirm()).toMatchObject({ status: 200, body: { status: 'completed', account_id: 'acc_1' } });
    expect(moves).toEqual(['top_1 wire-7 ann']);
    test.peers.ledger.findTopUp = () => ({ topUp });
    const proposed: object[] = [];
    test.peers.operators.proposeOrder = (asked) => {
      proposed.push(asked);
      return { refusal: '', order: { ...order, kind: 'top_up' } };
    };
    expect(await confirm()).toMatchObject({ status: 202, body: { kind: 'top_up', status: 'pending' } });
    expect(proposed).toMatchObject([
      { kind: 'top_up', accountId: 'acc_1', reference: 'top_1', amountMicros: 5_000_000_000n, reason: 'wire-7' },
    ]);
    expect(moves).toHaveLength(1);
    expect(await confirm(ADMIN_TOKEN)).toMatchObject({ status: 400 });
  });

  it('carries out what another approved, with the payment that was named first', async () => {
    test.peers.operators.decideOrder = () => ({
      refusal: '',
      order: { ...order, kind: 'top_up', reference: 'top_1', reason: 'wire-7', state: 'approved', decidedBy: 'bob' },
    });
    expect(await send('/orders/ord_1/approve', undefined, BOB)).toMatchObject({
      status: 200,
      body: { moved: { status: 'completed', payment_ref: 'wire-7' } },
    });
    expect(moves).toEqual(['top_1 wire-7 ann, approved by bob']);
  });

  it('knows no other top-up, and moves nothing for it', async () => {
    test.peers.ledger.findTopUp = () => {
      throw failure(status.NOT_FOUND);
    };
    expect((await confirm()).status).toBe(404);
    expect(moves).toEqual([]);
  });
});
