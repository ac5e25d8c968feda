import { createHash } from 'node:crypto';
import { call, status } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { AccountsStage, refusalOf } from '../test/accounts-stage';

const stage = new AccountsStage();
beforeAll(() => stage.open());
afterAll(() => stage.close());

const actor = { author: 'bootstrap', address: '192.0.2.7', requestId: 'req_1' };
const digest = (token: string) => createHash('sha256').update(token).digest();
const verify = async (token: string) =>
  (await call(stage.operators, 'verifyOperator', { tokenSha256: digest(token) })).operator!;
const isRefused = async (token: string) => (await refusalOf(verify(token))).code === status.NOT_FOUND;
const lastEntries = async (limit: number) =>
  (await call(stage.client, 'listAudit', { accountId: '', limit, beforeSeq: 0n })).entries;

let people = 0;
async function hired(role = 'support', expiresInDays = 0) {
  people += 1;
  const { operator, token } = await call(stage.operators, 'createOperator', {
    name: `ann-${people}`,
    role,
    expiresInDays,
    actor,
  });
  return { operator: operator!, token };
}

describe('an operator', () => {
  it('is known by a token that is kept nowhere, until it is replaced or revoked', async () => {
    const { operator, token } = await hired();
    expect(token).toMatch(/^usv_op_[\w-]{43}$/);
    expect(await verify(token)).toMatchObject({ operatorId: operator.operatorId, role: 'support' });
    const { rows } = await stage.database.query('select to_jsonb(o)::text as row from operator o');
    expect(JSON.stringify(rows)).not.toContain(token);
    const replaced = await call(stage.operators, 'replaceOperatorToken', {
      operatorId: operator.operatorId,
      expiresInDays: 0,
      actor,
    });
    expect(await isRefused(token)).toBe(true);
    expect(await verify(replaced.token)).toMatchObject({ name: operator.name });
    await call(stage.operators, 'revokeOperator', { operatorId: operator.operatorId, actor });
    expect(await isRefused(replaced.token)).toBe(true);
    expect(
      (
        await refusalOf(
          call(stage.operators, 'replaceOperatorToken', { operatorId: operator.operatorId, expiresInDays: 0, actor }),
        )
      ).code,
    ).toBe(status.NOT_FOUND);
  });

  it('is refused once the token has expired', async () => {
    const { operator, token } = await hired('auditor', 90);
    const left = operator.expiresAt!.getTime() - operator.createdAt!.getTime();
    expect(Math.round(left / 86_400_000)).toBe(90);
    await stage.database.query(`update operator set expires_at = clock_timestamp() where operator_id = $1`, [
      operator.operatorId,
    ]);
    expect(await isRefused(token)).toBe(true);
  });

  it('never gets a name that somebody has or had, nor one that means something else in the log', async () => {
    const { operator } = await hired();
    await call(stage.operators, 'revokeOperator', { operatorId: operator.operatorId, actor });
    const again = call(stage.operators, 'createOperator', {
      name: operator.name,
      role: 'support',
      expiresInDays: 0,
      actor,
    });
    expect((await refusalOf(again)).code).toBe(status.ALREADY_EXISTS);
    for (const name of ['bootstrap', 'self', 'Ann', 'ann_1', '', '-ann']) {
      expect(
        (await refusalOf(call(stage.operators, 'createOperator', { name, role: 'support', expiresInDays: 0, actor })))
          .code,
      ).toBe(status.INVALID_ARGUMENT);
    }
  });

  it('is made, and gives orders, in the chain of the audit log', async () => {
    const { operator } = await hired('operator');
    await call(stage.operators, 'recordOrder', {
      accountId: 'acc_9',
      action: 'refund_ordered',
      subject: 'job_1',
      order: '{"amountMicros":"5"}',
      actor: { ...actor, author: operator.name },
    });
    expect(await lastEntries(2)).toMatchObject([
      {
        accountId: 'acc_9',
        author: operator.name,
        action: 'refund_ordered',
        subject: 'job_1',
        address: '192.0.2.7',
        requestId: 'req_1',
        after: '{"amountMicros":"5"}',
      },
      { accountId: '', author: 'bootstrap', action: 'operator_created', subject: operator.operatorId },
    ]);
    for (const order of ['[1]', 'null', '{', `{"a":"${'x'.repeat(4_000)}"}`]) {
      expect(
        (
          await refusalOf(
            call(stage.operators, 'recordOrder', { accountId: '', action: 'x', subject: '', order, actor }),
          )
        ).code,
      ).toBe(status.INVALID_ARGUMENT);
    }
    expect(await call(stage.client, 'verifyAudit', {})).toMatchObject({ brokenSeq: undefined });
  });
});

describe('limits with an end', () => {
  const setLimits = (accountId: string, changes: object) =>
    call(stage.client, 'setLimits', {
      accountId,
      environment: 'live',
      author: 'ann',
      actor: { ...actor, author: 'ann' },
      ...changes,
    });
  const soon = () => new Date(Date.now() + 60 * 60_000);
  const pushedLimits = (accountId: string) =>
    stage.pushed.filter((push) => push.accountId === accountId).map(({ limits }) => limits!.concurrentJobs);
  /** As if the time had passed. */
  async function pass(accountId: string): Promise<void> {
    await stage.database.query(
      `update account_limits set expires_at = clock_timestamp() where account_id = $1 and expires_at is not null`,
      [accountId],
    );
  }

  it('come with a moment and a reason, and are refused for the past', async () => {
    const { accountId } = await stage.register();
    const expiresAt = soon();
    const { account } = await setLimits(accountId, { concurrentJobs: 50, expiresAt, reason: 'launch day' });
    expect(account).toMatchObject({
      liveLimits: { concurrentJobs: 50 },
      liveLimitsExpireAt: expiresAt,
      testLimitsExpireAt: undefined,
    });
    expect(await lastEntries(1)).toMatchObject([
      { accountId, author: 'ann', action: 'limits_set', after: expect.stringContaining('"reason":"launch day"') },
    ]);
    expect((await refusalOf(setLimits(accountId, { concurrentJobs: 60, expiresAt: new Date(0) }))).code).toBe(
      status.INVALID_ARGUMENT,
    );
  });

  it('are not ended before the moment that the event says, whatever a row says', async () => {
    const { accountId } = await stage.register();
    await setLimits(accountId, { concurrentJobs: 50, expiresAt: soon() });
    await pass(accountId);
    await setLimits(accountId, { queuedJobs: 5, expiresAt: soon() });
    expect((await call(stage.client, 'getAccount', { accountId })).account).toMatchObject({
      liveLimits: { concurrentJobs: 50, queuedJobs: 5 },
    });
  });

  it('end by themselves with those before, and the scheduler hears of it', async () => {
    const { accountId } = await stage.register();
    await setLimits(accountId, { concurrentJobs: 20 });
    await setLimits(accountId, { concurrentJobs: 50, expiresAt: new Date(Date.now() + 1_500) });
    await eventually(() => pushedLimits(accountId).length === 3, { what: 'the limits before', deadlineMs: 20_000 });
    expect(pushedLimits(accountId)).toEqual([20, 50, 20]);
    expect((await call(stage.client, 'getAccount', { accountId })).account).toMatchObject({
      liveLimits: { concurrentJobs: 20 },
      liveLimitsExpireAt: undefined,
    });
    expect(await lastEntries(1)).toMatchObject([{ accountId, author: 'expiry', action: 'limits_set' }]);
  });

  it('give way to limits without one, which stand on what lasted', async () => {
    const { accountId } = await stage.register();
    await setLimits(accountId, { concurrentJobs: 50, expiresAt: soon() });
    const { account } = await setLimits(accountId, { queuedJobs: 2_000 });
    expect(account).toMatchObject({
      liveLimits: { concurrentJobs: 10, queuedJobs: 2_000 },
      liveLimitsExpireAt: undefined,
    });
  });
});
