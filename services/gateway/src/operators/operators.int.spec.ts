import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Operator } from '@usvideo/contracts/accounts';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, type TestGateway, startTestGateway } from '../http/gateway.fixture';

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
const tokens = {
  operator: `usv_op_${'o'.repeat(43)}`,
  support: `usv_op_${'s'.repeat(43)}`,
  auditor: `usv_op_${'a'.repeat(43)}`,
};
const operatorOf = (role: string): Operator => ({
  operatorId: `opr_${role}`,
  name: `ann-${role}`,
  role,
  createdAt: new Date(0),
  lastUsedAt: undefined,
  expiresAt: undefined,
  revokedAt: undefined,
  federated: false,
});

let test: TestGateway;
let verified = 0;

async function startGateway(settings: Record<string, string> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(settings);
  const roles = new Map(
    Object.entries(tokens).map(([role, token]) => [createHash('sha256').update(token).digest('hex'), role]),
  );
  gateway.peers.operators.verifyOperator = ({ tokenSha256 }) => {
    verified++;
    const role = roles.get(Buffer.from(tokenSha256).toString('hex'));
    if (!role) throw failure(status.NOT_FOUND);
    return { operator: operatorOf(role) };
  };
  gateway.peers.accounts.getAccount = () => ({ account });
  gateway.peers.accounts.listAudit = () => ({ entries: [], hasMore: false });
  gateway.peers.accounts.setSuspension = () => ({ account });
  gateway.peers.ledger.addFunds = () => ({ availableMicros: 0n, replayed: false });
  return gateway;
}

beforeAll(async () => {
  test = await startGateway();
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.recorded.length = 0;
});

async function send(token: string, method: string, path: string, body?: object, at = test) {
  const response = await fetch(`${at.adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const credit = { amount_usd: 1, payment_ref: 'wire-1' };

describe('a named operator', () => {
  it.each([
    ['auditor', 200, 403, 403],
    ['support', 200, 200, 403],
    ['operator', 200, 200, 200],
  ] as const)('who is %s may look %i, suspend %i and credit %i', async (role, look, suspend, pay) => {
    expect((await send(tokens[role], 'GET', '/audit')).status).toBe(look);
    expect((await send(tokens[role], 'POST', '/accounts/acc_1/suspend', { reason: 'x' })).status).toBe(suspend);
    expect((await send(tokens[role], 'POST', '/accounts/acc_1/credit', credit)).status).toBe(pay);
  });

  it('is told what their role lacks, and who they are', async () => {
    expect(await send(tokens.auditor, 'POST', '/accounts/acc_1/suspend')).toMatchObject({
      status: 403,
      body: { error: 'forbidden', message: 'Your role, auditor, may not do this: it takes the role support.' },
    });
    expect(await send(tokens.support, 'GET', '/operators/me')).toMatchObject({
      status: 200,
      body: { name: 'ann-support', role: 'support', bootstrap: false },
    });
  });

  it.each([`usv_op_${'x'.repeat(43)}`, 'usv_op_short', `${ADMIN_TOKEN}x`])('is nobody with %s', async (token) => {
    expect((await send(token, 'GET', '/audit')).status).toBe(401);
  });

  it('is the author of what they do, with their address and request', async () => {
    const seen: object[] = [];
    test.peers.accounts.setSuspension = (request) => {
      seen.push(request);
      return { account };
    };
    await send(tokens.support, 'POST', '/accounts/acc_1/suspend', { reason: 'fraud' });
    expect(seen).toMatchObject([
      {
        author: 'ann-support',
        actor: { author: 'ann-support', address: '127.0.0.1', requestId: expect.stringMatching(/^req_/) },
      },
    ]);
  });

  it('has what they order of the ledger on record before it is carried out', async () => {
    let recordedBefore = 0;
    test.peers.ledger.addFunds = ({ author }) => {
      recordedBefore = test.peers.recorded.length;
      expect(author).toBe('ann-operator');
      return { availableMicros: 0n, replayed: false };
    };
    expect((await send(tokens.operator, 'POST', '/accounts/acc_1/credit', credit)).status).toBe(200);
    expect(recordedBefore).toBe(1);
    expect(test.peers.recorded).toMatchObject([
      {
        accountId: 'acc_1',
        action: 'credit_ordered',
        subject: 'wire-1',
        order: '{"amountMicros":"1000000"}',
        actor: { author: 'ann-operator', address: '127.0.0.1' },
      },
    ]);
  });

  it('gets nothing done that cannot be recorded', async () => {
    const away = await startGateway();
    away.peers.operators.recordOrder = () => {
      throw failure(status.UNAVAILABLE);
    };
    let paid = 0;
    away.peers.ledger.addFunds = () => {
      paid++;
      return { availableMicros: 0n, replayed: false };
    };
    expect((await send(tokens.operator, 'POST', '/accounts/acc_1/credit', credit, away)).status).toBe(503);
    expect(paid).toBe(0);
    await away.stop();
  });

  it('signs money with their own name and no other; the token of the installation says whose hand it is in', async () => {
    const authors: string[] = [];
    test.peers.ledger.adjust = ({ author }) => {
      authors.push(author);
      return { availableMicros: 0n, receivableMicros: 0n, replayed: false };
    };
    const adjustment = { adjustment_ref: 'a', amount_usd: 1, reason: 'x' };
    expect((await send(tokens.operator, 'POST', '/accounts/acc_1/adjustments', adjustment)).status).toBe(200);
    expect(
      await send(tokens.operator, 'POST', '/accounts/acc_1/adjustments', { ...adjustment, author: 'eve' }),
    ).toMatchObject({ status: 400, body: { details: [{ field: 'author' }] } });
    expect(await send(ADMIN_TOKEN, 'POST', '/accounts/acc_1/adjustments', adjustment)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'author' }] },
    });
    expect(
      (await send(ADMIN_TOKEN, 'POST', '/accounts/acc_1/adjustments', { ...adjustment, author: 'Ada' })).status,
    ).toBe(200);
    expect(authors).toEqual(['ann-operator', 'Ada']);
  });

  it('is asked about again at once after a change here', async () => {
    await send(tokens.auditor, 'GET', '/audit');
    test.peers.operators.revokeOperator = () => ({ operator: { ...operatorOf('auditor'), revokedAt: new Date(0) } });
    expect(await send(tokens.operator, 'DELETE', '/operators/opr_auditor')).toMatchObject({
      status: 200,
      body: { revoked_at: '1970-01-01T00:00:00.000Z' },
    });
    const before = verified;
    await send(tokens.auditor, 'GET', '/audit');
    expect(verified).toBe(before + 1);
  });
});

describe('operators', () => {
  it('are made with a token that is shown once, listed, and given another', async () => {
    const seen: object[] = [];
    test.peers.operators.createOperator = (request) => {
      seen.push(request);
      return { operator: operatorOf('support'), token: tokens.support };
    };
    test.peers.operators.replaceOperatorToken = (request) => {
      seen.push(request);
      return { operator: operatorOf('support'), token: tokens.support };
    };
    test.peers.operators.listOperators = () => ({ operators: [operatorOf('support')] });
    expect(
      await send(ADMIN_TOKEN, 'POST', '/operators', { name: 'ann-support', role: 'support', expires_in_days: 90 }),
    ).toMatchObject({ status: 201, body: { id: 'opr_support', name: 'ann-support', token: tokens.support } });
    expect(await send(ADMIN_TOKEN, 'POST', '/operators/opr_support/token')).toMatchObject({
      status: 201,
      body: { token: tokens.support },
    });
    expect(seen).toMatchObject([
      { name: 'ann-support', role: 'support', expiresInDays: 90, actor: { author: 'bootstrap' } },
      { operatorId: 'opr_support', expiresInDays: 0 },
    ]);
    const { body } = await send(ADMIN_TOKEN, 'GET', '/operators');
    expect(body).toMatchObject({ data: [{ name: 'ann-support', role: 'support' }] });
    expect(JSON.stringify(body)).not.toContain('token');
  });

  it.each([
    { name: 'Ann', role: 'support' },
    { name: 'ann', role: 'root' },
    { name: 'ann', role: 'support', expires_in_days: 0 },
  ])('are not made of %j', async (body) => {
    expect((await send(ADMIN_TOKEN, 'POST', '/operators', body)).status).toBe(400);
  });

  it('never get the name of another, whom the audit log may name', async () => {
    test.peers.operators.createOperator = () => {
      throw failure(status.ALREADY_EXISTS);
    };
    expect(await send(ADMIN_TOKEN, 'POST', '/operators', { name: 'ann', role: 'support' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'name' }] },
    });
  });

  it('are all that the token of the installation makes, where it says so', async () => {
    const strict = await startGateway({ ADMIN_TOKEN_ONLY_MAKES_OPERATORS: 'true' });
    strict.peers.operators.listOperators = () => ({ operators: [] });
    expect((await send(ADMIN_TOKEN, 'GET', '/operators', undefined, strict)).status).toBe(200);
    expect((await send(ADMIN_TOKEN, 'GET', '/audit', undefined, strict)).status).toBe(403);
    expect((await send(tokens.auditor, 'GET', '/audit', undefined, strict)).status).toBe(200);
    await strict.stop();
  });
});
