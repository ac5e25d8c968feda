import { call, status } from '@usvideo/runtime';
import { AccountsStage, refusalOf } from '../test/accounts-stage';

let stage: AccountsStage;
let accountId: string;
beforeAll(async () => {
  stage = new AccountsStage();
  await stage.open();
  ({ accountId } = await stage.register());
});
afterAll(() => stage.close());

const by = (author: string) => ({ author, address: '', requestId: 'req_1' });
let references = 0;
async function propose(over: object = {}, author = 'ann') {
  references += 1;
  const order = {
    kind: 'credit',
    accountId,
    reference: `wire-${references}`,
    amountMicros: 9_000_000_000n,
    reason: 'an invoice',
    ...over,
  };
  return call(stage.operators, 'proposeOrder', { ...order, actor: by(author) });
}
const decide = (orderId: string, author: string, approved = true) =>
  call(stage.operators, 'decideOrder', { orderId, approved, actor: by(author) });

test('an order waits until another operator approves it, and may be approved again for the same', async () => {
  const { order } = await propose();
  expect(order).toMatchObject({ state: 'pending', author: 'ann', decidedBy: '', amountMicros: 9_000_000_000n });
  expect(await decide(order!.orderId, 'ann')).toMatchObject({ refusal: 'own_order', order: { state: 'pending' } });
  expect(await decide(order!.orderId, 'bob')).toMatchObject({
    refusal: '',
    order: { state: 'approved', author: 'ann', decidedBy: 'bob' },
  });
  expect(await decide(order!.orderId, 'carl')).toMatchObject({
    refusal: '',
    order: { state: 'approved', decidedBy: 'bob' },
  });
  expect(await decide(order!.orderId, 'carl', false)).toMatchObject({ refusal: 'order_decided' });
});

test('whoever decides at the same time, one decides', async () => {
  const { order } = await propose();
  const decided = await Promise.all(
    ['bob', 'carl', 'dora'].map((author, index) => decide(order!.orderId, author, index !== 1)),
  );
  expect(new Set(decided.map(({ order: seen }) => `${seen!.state} by ${seen!.decidedBy}`)).size).toBe(1);
});

test('the same reference is the same order, for another amount it is refused, and after a refusal it is free', async () => {
  const { order } = await propose({ reference: 'wire-again' });
  expect((await propose({ reference: 'wire-again' })).order!.orderId).toBe(order!.orderId);
  expect(await propose({ reference: 'wire-again', amountMicros: 1n })).toMatchObject({ refusal: 'reference_reused' });
  expect((await propose({ reference: 'wire-again', kind: 'adjustment' })).order!.orderId).not.toBe(order!.orderId);
  expect(await decide(order!.orderId, 'ann', false)).toMatchObject({ refusal: '', order: { state: 'declined' } });
  expect((await propose({ reference: 'wire-again' })).order!.orderId).not.toBe(order!.orderId);
});

test('an order that nobody decided in time moves nothing', async () => {
  const { order } = await propose();
  await stage.database.query(`update pending_order set expires_at = now() where order_id = $1`, [order!.orderId]);
  expect(await decide(order!.orderId, 'bob')).toMatchObject({ refusal: 'order_expired', order: { state: 'expired' } });
});

test('they are listed newest first, audited, and unknown ones are not there', async () => {
  const [{ order: first }, { order: second }] = [await propose(), await propose()];
  const { orders, hasMore } = await call(stage.operators, 'listOrders', { limit: 2, afterOrderId: '' });
  expect([orders.map(({ orderId }) => orderId), hasMore]).toEqual([[second!.orderId, first!.orderId], true]);
  expect(
    (await call(stage.operators, 'listOrders', { limit: 1, afterOrderId: second!.orderId })).orders[0]!.orderId,
  ).toBe(first!.orderId);
  expect((await refusalOf(decide('ord_unknown', 'bob'))).code).toBe(status.NOT_FOUND);
  expect((await refusalOf(propose({ reason: '', amountMicros: 0n }))).details.split('\n')).toHaveLength(2);
  const { rows } = await stage.database.query<{ action: string }>(
    'select distinct action from audit_entry where action like $1 order by 1',
    ['order_%'],
  );
  expect(rows.map(({ action }) => action)).toEqual(['order_approved', 'order_declined', 'order_proposed']);
});

test('the database itself lets nobody approve their own', async () => {
  const { order } = await propose();
  await expect(
    stage.database.query(`update pending_order set state = 'approved', decided_by = 'ann' where order_id = $1`, [
      order!.orderId,
    ]),
  ).rejects.toThrow('check constraint');
});
