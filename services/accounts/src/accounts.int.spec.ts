import { EventLogServiceClient } from '@usvideo/contracts/events';
import { shardOf, verifyLog } from '@usvideo/event-store';
import { call, dial, status } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { AccountsStage, refusalOf } from '../test/accounts-stage';
import { verifyAudit } from './audit/audit.store';

const stage = new AccountsStage();

beforeAll(() => stage.open());
afterAll(() => stage.close());
beforeEach(() => {
  stage.pushed = [];
});

test('registering makes a standard account with one working key per environment', async () => {
  const { account, accountId, liveKey, testKey } = await stage.register();
  expect(account).toMatchObject({ name: 'Acme', plan: 'standard', status: 'active' });
  expect(account.liveLimits).toEqual({
    concurrentJobs: 10,
    queuedJobs: 1_000,
    createsPerMinute: 300,
    readsPerMinute: 3_000,
  });
  expect(account.testLimits).toEqual(account.liveLimits);
  expect(liveKey).toMatch(/^usv_live_/);
  expect(await stage.verify(liveKey)).toMatchObject({ accountId, environment: 'live', suspended: false });
  expect(await stage.verify(testKey)).toMatchObject({ accountId, environment: 'test' });
  expect((await stage.verify(testKey)).scopes).toContain('keys:manage');
  expect(stage.pushed).toEqual([]);
});

test('an enterprise account has its limits in the scheduler before anybody uses it', async () => {
  const { account, accountId } = await stage.register({ plan: 'enterprise' });
  expect(account.liveLimits).toMatchObject({ concurrentJobs: 50, queuedJobs: 10_000 });
  expect(stage.pushed.map((push) => [push.accountId, push.environment, push.limits?.concurrentJobs])).toEqual(
    expect.arrayContaining([
      [accountId, 'live', 50],
      [accountId, 'test', 50],
    ]),
  );
});

test('whether an address is known shows in no registration', async () => {
  const first = await stage.register({ email: 'Ann@Example.com' });
  const second = await stage.register({ email: 'ann@example.COM ' });
  expect(second.accountId).not.toBe(first.accountId);
  expect(Object.keys(second.account).sort()).toEqual(Object.keys(first.account).sort());
});

test('faults of a registration are named all at once', async () => {
  const { code, details } = await refusalOf(stage.register({ email: 'ann', password: 'short', accountName: '' }));
  expect(code).toBe(status.INVALID_ARGUMENT);
  expect(details.split('\n')).toHaveLength(3);
});

test('no secret and no password is stored', async () => {
  const { liveKey } = await stage.register({ password: 'correct horse battery' });
  const { rows } = await stage.database
    .query(`select to_jsonb(k)::text as row from api_key k union all select to_jsonb(m)::text from member m union all select to_jsonb(p)::text from person p
    union all select encode(payload, 'escape') from event`);
  const stored = rows.map(({ row }) => row).join('\n');
  expect(stored).not.toContain(liveKey.slice(9));
  expect(stored).not.toContain('correct horse');
  expect(stored).toContain('$argon2id$');
});

test('changed limits are with the scheduler before the answer, and in the log for when it is away', async () => {
  const { accountId } = await stage.register();
  const { account } = await call(stage.client, 'setLimits', {
    accountId,
    environment: 'live',
    concurrentJobs: 25,
    author: 'op ann',
  });
  expect(account?.liveLimits).toEqual({
    concurrentJobs: 25,
    queuedJobs: 1_000,
    createsPerMinute: 300,
    readsPerMinute: 3_000,
  });
  expect(account?.testLimits?.concurrentJobs).toBe(10);
  expect(stage.pushed).toEqual([
    { accountId, environment: 'live', limits: account?.liveLimits, limitsVersion: 1n, suspended: false },
  ]);
  const events = await stage.eventsOf(accountId);
  expect(events.at(-1)).toMatchObject({
    $case: 'limitsSet',
    value: { environment: 'live', limitsVersion: 1n, author: 'op ann' },
  });
});

test('limits are set while the scheduler is away; the change is not lost', async () => {
  const { accountId } = await stage.register();
  stage.stopScheduler();
  const { account } = await call(stage.client, 'setLimits', {
    accountId,
    environment: 'test',
    queuedJobs: 7,
    author: 'op',
  });
  expect(account?.testLimits?.queuedJobs).toBe(7);
  expect((await stage.eventsOf(accountId)).at(-1)?.$case).toBe('limitsSet');
  await stage.startScheduler();
  await eventually(
    async () => {
      await call(stage.client, 'setLimits', { accountId, environment: 'test', queuedJobs: 7, author: 'op' });
      return stage.pushed.some((push) => push.limits?.queuedJobs === 7 && push.limitsVersion === 1n);
    },
    { what: 'the scheduler is reached again' },
  );
});

test('twenty changes at once each get a version of their own', async () => {
  const { accountId } = await stage.register();
  const raise = (concurrentJobs: number) =>
    call(stage.client, 'setLimits', { accountId, environment: 'live', concurrentJobs, author: 'op' });
  await Promise.all(Array.from({ length: 20 }, (_, index) => raise(100 + index)));
  const versions = (await stage.eventsOf(accountId)).flatMap((event) =>
    event.$case === 'limitsSet' ? [event.value.limitsVersion] : [],
  );
  expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index + 1)));
});

test('a suspension shows with the key and reaches the scheduler for both environments', async () => {
  const { accountId, liveKey } = await stage.register();
  await call(stage.client, 'setSuspension', { accountId, suspended: true, reason: 'chargeback', author: 'op' });
  expect((await stage.verify(liveKey)).suspended).toBe(true);
  expect(stage.pushed.map((push) => [push.environment, push.suspended, push.limitsVersion]).sort()).toEqual([
    ['live', true, 1n],
    ['test', true, 1n],
  ]);
  const { account } = await call(stage.client, 'setSuspension', {
    accountId,
    suspended: false,
    reason: '',
    author: 'op',
  });
  expect(account?.status).toBe('active');
  expect((await stage.verify(liveKey)).suspended).toBe(false);
});

test('accounts are listed page by page, each once', async () => {
  const ids: string[] = [];
  for (let after = '', more = true; more;) {
    const page = await call(stage.client, 'listAccounts', { limit: 3, afterAccountId: after });
    ids.push(...page.accounts.map((account) => account.accountId));
    after = ids.at(-1)!;
    more = page.hasMore;
  }
  const { rows } = await stage.database.query('select account_id from account order by 1');
  expect(ids).toEqual(rows.map((row) => row.account_id));
  expect(await refusalOf(call(stage.client, 'getAccount', { accountId: 'acc_none' }))).toEqual({
    code: status.NOT_FOUND,
    details: 'account_not_found',
  });
});

test('every action has an author in the audit log, and the log refuses edits', async () => {
  const { accountId } = await stage.register({ author: 'op ann' });
  await call(stage.client, 'setLimits', {
    accountId,
    environment: 'live',
    concurrentJobs: 1,
    author: 'op',
    actor: { author: 'op bob', address: '192.0.2.7', requestId: 'req_7' },
  });
  const { rows } = await stage.database.query(
    `select author, action, address, request_id, before, after from audit_entry where account_id = $1 order by seq`,
    [accountId],
  );
  expect(rows.map(({ author, action }) => ({ author, action }))).toEqual([
    ...['account_created', 'api_key_created', 'api_key_created'].map((action) => ({ author: 'op ann', action })),
    { author: 'op bob', action: 'limits_set' },
  ]);
  const { before, after, ...from } = rows[3];
  expect(from).toMatchObject({ address: '192.0.2.7', request_id: 'req_7' });
  expect([JSON.parse(before).concurrentJobs, JSON.parse(after).concurrentJobs]).toEqual([10, 1]);
  expect((await verifyAudit(stage.database)).broken).toBeUndefined();
  await expect(stage.database.query(`update audit_entry set author = 'eve'`)).rejects.toThrow('append-only');
  await expect(stage.database.query('truncate audit_entry')).rejects.toThrow('append-only');
});

test('the audit log is read newest first, page by page, for one account or all, and proven', async () => {
  const { accountId } = await stage.register();
  await call(stage.client, 'setSuspension', { accountId, suspended: true, reason: 'chargeback', author: 'op' });
  const first = await call(stage.client, 'listAudit', { accountId, limit: 2, beforeSeq: 0n });
  expect(first.entries.map(({ action }) => action)).toEqual(['account_suspended', 'api_key_created']);
  expect(JSON.parse(first.entries[0]!.after)).toEqual({ status: 'suspended', reason: 'chargeback' });
  const rest = await call(stage.client, 'listAudit', { accountId, limit: 100, beforeSeq: first.entries[1]!.seq });
  expect([first.hasMore, rest.hasMore, rest.entries.map(({ action }) => action)]).toEqual([
    true,
    false,
    ['api_key_created', 'account_created'],
  ]);
  const all = await call(stage.client, 'listAudit', { accountId: '', limit: 1, beforeSeq: 0n });
  expect(all.entries[0]!.seq).toBeGreaterThanOrEqual(first.entries[0]!.seq);
  const proof = await call(stage.client, 'verifyAudit', {});
  expect(proof).toEqual({ checked: expect.any(BigInt), brokenSeq: undefined });
  expect(proof.checked).toBeGreaterThanOrEqual(first.entries[0]!.seq);
});

test('an edit of the audit log shows, even by somebody who can switch its triggers off', async () => {
  await stage.register();
  const client = await stage.database.connect();
  try {
    await client.query('begin; alter table audit_entry disable trigger user');
    const { rows } = await client.query(`update audit_entry set author = 'eve' where seq = 2 returning seq`);
    expect((await verifyAudit(client)).broken).toBe(rows[0].seq);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('the event log is whole, and served to whoever has to fill a gap', async () => {
  const { accountId } = await stage.register();
  expect((await verifyLog(stage.database)).differences).toEqual([]);
  const eventLog = dial(EventLogServiceClient, stage.address);
  const { events } = await call(eventLog, 'readEvents', {
    topic: 'usvideo.accounts.v1',
    shard: shardOf(accountId),
    afterSeq: 0n,
    limit: 500,
  });
  eventLog.close();
  expect(events.filter((event) => event.streamId === accountId).map((event) => event.kind)).toEqual([
    'account_created',
    'api_key_created',
    'api_key_created',
  ]);
});

test('a restart keeps accounts, keys and limits', async () => {
  const { accountId, liveKey } = await stage.register();
  await stage.restart();
  expect((await eventually(() => stage.verify(liveKey), { what: 'accounts answers again' })).accountId).toBe(accountId);
});
