import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { AccountEvent, AccountsServiceClient, type RegisterRequest } from '@usvideo/contracts/accounts';
import { EventLogServiceClient } from '@usvideo/contracts/events';
import { SchedulerServiceService, type SyncLimitsRequest } from '@usvideo/contracts/scheduler';
import { openDatabase, shardOf, verifyLog, type Database } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { call, createLogger, dial, hasStatus, status, type Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { readAccountsConfig, startAccounts } from './accounts.module';
import { findAuditBreak } from './outbound/audit.store';

const logger = createLogger('accounts', 'silent');
const directory = mkdtempSync(join(tmpdir(), 'usv-'));
const listen = `unix:${join(directory, 'accounts.sock')}`;
const schedulerAddress = `unix:${join(directory, 'scheduler.sock')}`;

let database: Database;
let accounts: Running;
let client: AccountsServiceClient;
let scheduler: Server;
let pushed: SyncLimitsRequest[] = [];
let url: string;

beforeAll(async () => {
  url = await (await postgres()).createDatabase('accounts');
  scheduler = await startScheduler();
  accounts = await start();
  client = dial(AccountsServiceClient, listen);
  database = openDatabase({ url, poolSize: 4, applicationName: 'spec' }, () => undefined);
});

afterAll(async () => {
  client.close();
  await accounts.stop();
  await database.end();
  scheduler.forceShutdown();
  rmSync(directory, { recursive: true });
});

beforeEach(() => { pushed = []; });

function start(): Promise<Running> {
  const config = readAccountsConfig({ GRPC_LISTEN: listen, DATABASE_URL: url, SCHEDULER_GRPC_URL: schedulerAddress });
  return startAccounts({ config, transport: new LocalTransport({ logger }), logger });
}

/** The one method of the scheduler that accounts calls. */
async function startScheduler(): Promise<Server> {
  const server = new Server();
  server.addService(SchedulerServiceService, {
    syncLimits: (incoming: { request: SyncLimitsRequest }, answer: (error: null, response: object) => void) => {
      pushed.push(incoming.request);
      answer(null, {});
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(schedulerAddress, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error)));
  });
  return server;
}

let registered = 0;

async function register(changes: Partial<RegisterRequest> = {}) {
  registered += 1;
  const request = { email: `owner${registered}@example.com`, password: '', accountName: 'Acme', plan: '', author: 'self', ...changes };
  const answer = await call(client, 'register', request);
  return { ...answer, account: answer.account!, accountId: answer.account!.accountId };
}

const digest = (secret: string) => createHash('sha256').update(secret).digest();
const verify = (secret: string) => call(client, 'verifyKey', { secretSha256: digest(secret) });

async function refusalOf(promise: Promise<unknown>): Promise<{ code: number; details: string }> {
  return promise.then(() => { throw new Error('it was not refused'); }, (error: { code: number; details: string }) => ({ code: error.code, details: error.details }));
}

test('registering makes a standard account with one working key per environment', async () => {
  const { account, accountId, liveKey, testKey } = await register();
  expect(account).toMatchObject({ name: 'Acme', plan: 'standard', status: 'active' });
  expect(account.liveLimits).toEqual({ concurrentJobs: 10, queuedJobs: 1_000, createsPerMinute: 300, readsPerMinute: 3_000 });
  expect(account.testLimits).toEqual(account.liveLimits);
  expect(liveKey).toMatch(/^usv_live_/);
  expect(await verify(liveKey)).toMatchObject({ accountId, environment: 'live', suspended: false });
  expect(await verify(testKey)).toMatchObject({ accountId, environment: 'test' });
  expect((await verify(testKey)).scopes).toContain('keys:manage');
  expect(pushed).toEqual([]);
});

test('an enterprise account has its limits in the scheduler before anybody uses it', async () => {
  const { account, accountId } = await register({ plan: 'enterprise' });
  expect(account.liveLimits).toMatchObject({ concurrentJobs: 50, queuedJobs: 10_000 });
  expect(pushed.map((push) => [push.accountId, push.environment, push.limits?.concurrentJobs])).toEqual(
    expect.arrayContaining([[accountId, 'live', 50], [accountId, 'test', 50]]),
  );
});

test('an address belongs to one account, however it is written', async () => {
  await register({ email: 'Ann@Example.com' });
  expect(await refusalOf(register({ email: 'ann@example.COM ' }))).toEqual({ code: status.ALREADY_EXISTS, details: 'email_taken' });
});

test('the same address registered twenty times at once makes one account', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => register({ email: 'race@example.com' })));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});

test('faults of a registration are named all at once', async () => {
  const { code, details } = await refusalOf(register({ email: 'ann', password: 'short', accountName: '' }));
  expect(code).toBe(status.INVALID_ARGUMENT);
  expect(details.split('\n')).toHaveLength(3);
});

test('no secret and no password is stored', async () => {
  const { liveKey } = await register({ password: 'correct horse battery' });
  const { rows } = await database.query(`select to_jsonb(k)::text as row from api_key k union all select to_jsonb(m)::text from member m
    union all select encode(payload, 'escape') from event`);
  const stored = rows.map(({ row }) => row).join('\n');
  expect(stored).not.toContain(liveKey.slice(9));
  expect(stored).not.toContain('correct horse');
  expect(stored).toContain('$argon2id$');
});

test('changed limits are with the scheduler before the answer, and in the log for when it is away', async () => {
  const { accountId } = await register();
  const { account } = await call(client, 'setLimits', { accountId, environment: 'live', concurrentJobs: 25, author: 'op ann' });
  expect(account?.liveLimits).toEqual({ concurrentJobs: 25, queuedJobs: 1_000, createsPerMinute: 300, readsPerMinute: 3_000 });
  expect(account?.testLimits?.concurrentJobs).toBe(10);
  expect(pushed).toEqual([{ accountId, environment: 'live', limits: account?.liveLimits, limitsVersion: 1n, suspended: false }]);
  const events = await eventsOf(accountId);
  expect(events.at(-1)).toMatchObject({ $case: 'limitsSet', value: { environment: 'live', limitsVersion: 1n, author: 'op ann' } });
});

test('limits are set while the scheduler is away; the change is not lost', async () => {
  const { accountId } = await register();
  scheduler.forceShutdown();
  const { account } = await call(client, 'setLimits', { accountId, environment: 'test', queuedJobs: 7, author: 'op' });
  expect(account?.testLimits?.queuedJobs).toBe(7);
  expect((await eventsOf(accountId)).at(-1)?.$case).toBe('limitsSet');
  scheduler = await startScheduler();
  await eventually(async () => {
    await call(client, 'setLimits', { accountId, environment: 'test', queuedJobs: 7, author: 'op' });
    return pushed.some((push) => push.limits?.queuedJobs === 7 && push.limitsVersion === 1n);
  }, { what: 'the scheduler is reached again' });
});

test('twenty changes at once each get a version of their own', async () => {
  const { accountId } = await register();
  const raise = (concurrentJobs: number) => call(client, 'setLimits', { accountId, environment: 'live', concurrentJobs, author: 'op' });
  await Promise.all(Array.from({ length: 20 }, (_, index) => raise(100 + index)));
  const versions = (await eventsOf(accountId)).flatMap((event) => (event.$case === 'limitsSet' ? [event.value.limitsVersion] : []));
  expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index + 1)));
});

test('a suspension shows with the key and reaches the scheduler for both environments', async () => {
  const { accountId, liveKey } = await register();
  await call(client, 'setSuspension', { accountId, suspended: true, reason: 'chargeback', author: 'op' });
  expect((await verify(liveKey)).suspended).toBe(true);
  expect(pushed.map((push) => [push.environment, push.suspended, push.limitsVersion]).sort()).toEqual([['live', true, 1n], ['test', true, 1n]]);
  const { account } = await call(client, 'setSuspension', { accountId, suspended: false, reason: '', author: 'op' });
  expect(account?.status).toBe('active');
  expect((await verify(liveKey)).suspended).toBe(false);
});

test('a rotated key and its successor both work until the overlap ends', async () => {
  const { accountId, liveKey } = await register();
  const { keyId } = await verify(liveKey);
  const rotated = await call(client, 'rotateKey', { accountId, keyId, overlapSeconds: 3_600, author: 'self' });
  expect(rotated.oldKey).toMatchObject({ keyId });
  expect(rotated.oldKey!.expiresAt!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  expect((await verify(liveKey)).expiresAt).toEqual(rotated.oldKey!.expiresAt);
  expect((await verify(rotated.secret)).keyId).toBe(rotated.key!.keyId);
  expect(await refusalOf(call(client, 'rotateKey', { accountId, keyId, overlapSeconds: 0, author: 'self' }))).toEqual({ code: status.FAILED_PRECONDITION, details: 'key_not_usable' });
});

test('without an overlap the old key is refused at once', async () => {
  const { accountId, liveKey } = await register();
  const { keyId } = await verify(liveKey);
  const rotated = await call(client, 'rotateKey', { accountId, keyId, overlapSeconds: 0, author: 'self' });
  expect(await refusalOf(verify(liveKey))).toEqual({ code: status.NOT_FOUND, details: 'key_not_found' });
  expect((await verify(rotated.secret)).accountId).toBe(accountId);
  const { keys } = await call(client, 'listKeys', { accountId });
  expect(keys.map((key) => key.keyId)).not.toContain(keyId);
});

test('a revoked key is refused; revoking it again is fine; it can be the last one', async () => {
  const { accountId, liveKey, testKey } = await register();
  for (const secret of [liveKey, testKey]) {
    const { keyId } = await verify(secret);
    await call(client, 'revokeKey', { accountId, keyId, author: 'self' });
    await call(client, 'revokeKey', { accountId, keyId, author: 'self' });
    expect(hasStatus(await verify(secret).catch((error: unknown) => error), status.NOT_FOUND)).toBe(true);
  }
  expect((await call(client, 'listKeys', { accountId })).keys).toEqual([]);
});

test('a new key has the default scopes and is shown masked', async () => {
  const { accountId } = await register();
  const { key, secret } = await call(client, 'createKey', { accountId, environment: 'test', name: ' CI ', scopes: [], author: 'self' });
  expect(key).toMatchObject({ name: 'CI', environment: 'test', scopes: ['videos', 'billing:read', 'webhooks', 'keys:read'], maskedKey: `usv_test_…${secret.slice(-4)}` });
  expect(await refusalOf(call(client, 'createKey', { accountId, environment: 'test', name: 'x', scopes: ['root'], author: 'self' }))).toMatchObject({ code: status.INVALID_ARGUMENT });
});

test('a key of another account does not exist', async () => {
  const [mine, theirs] = [await register(), await register()];
  const { keyId } = await verify(theirs.liveKey);
  const asked = { accountId: mine.accountId, keyId, author: 'self' };
  expect(await refusalOf(call(client, 'revokeKey', asked))).toEqual({ code: status.NOT_FOUND, details: 'key_not_found' });
  expect(await refusalOf(call(client, 'rotateKey', { ...asked, overlapSeconds: 0 }))).toEqual({ code: status.NOT_FOUND, details: 'key_not_found' });
  expect((await verify(theirs.liveKey)).accountId).toBe(theirs.accountId);
});

test('the use of a key is noted', async () => {
  const { accountId, liveKey } = await register();
  await verify(liveKey);
  await eventually(async () => {
    const { keys } = await call(client, 'listKeys', { accountId });
    return keys.some((key) => key.environment === 'live' && key.lastUsedAt !== undefined);
  }, { what: 'the use is written' });
});

test('accounts are listed page by page, each once', async () => {
  const ids: string[] = [];
  for (let after = '', more = true; more;) {
    const page = await call(client, 'listAccounts', { limit: 3, afterAccountId: after });
    ids.push(...page.accounts.map((account) => account.accountId));
    after = ids.at(-1)!;
    more = page.hasMore;
  }
  const { rows } = await database.query('select account_id from account order by 1');
  expect(ids).toEqual(rows.map((row) => row.account_id));
  expect(await refusalOf(call(client, 'getAccount', { accountId: 'acc_none' }))).toEqual({ code: status.NOT_FOUND, details: 'account_not_found' });
});

test('every action has an author in the audit log, and the log refuses edits', async () => {
  const { accountId } = await register({ author: 'op ann' });
  await call(client, 'setLimits', { accountId, environment: 'live', concurrentJobs: 1, author: 'op bob' });
  const { rows } = await database.query(`select author, action from audit_entry where account_id = $1 order by seq`, [accountId]);
  expect(rows).toEqual([
    ...['account_created', 'api_key_created', 'api_key_created'].map((action) => ({ author: 'op ann', action })),
    { author: 'op bob', action: 'limits_set' },
  ]);
  expect(await findAuditBreak(database)).toBeUndefined();
  await expect(database.query(`update audit_entry set author = 'eve'`)).rejects.toThrow('append-only');
  await expect(database.query('truncate audit_entry')).rejects.toThrow('append-only');
});

test('an edit of the audit log shows, even by somebody who can switch its triggers off', async () => {
  await register();
  const client = await database.connect();
  try {
    await client.query('begin; alter table audit_entry disable trigger user');
    const { rows } = await client.query(`update audit_entry set author = 'eve' where seq = 2 returning seq`);
    expect(await findAuditBreak(client)).toBe(rows[0].seq);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('the event log is whole, and served to whoever has to fill a gap', async () => {
  const { accountId } = await register();
  expect((await verifyLog(database)).differences).toEqual([]);
  const eventLog = dial(EventLogServiceClient, listen);
  const { events } = await call(eventLog, 'readEvents', { topic: 'usvideo.accounts.v1', shard: shardOf(accountId), afterSeq: 0n, limit: 500 });
  eventLog.close();
  expect(events.filter((event) => event.streamId === accountId).map((event) => event.kind)).toEqual(['account_created', 'api_key_created', 'api_key_created']);
});

test('a restart keeps accounts, keys and limits', async () => {
  const { accountId, liveKey } = await register();
  await accounts.stop();
  accounts = await start();
  expect((await eventually(() => verify(liveKey), { what: 'accounts answers again' })).accountId).toBe(accountId);
});

async function eventsOf(accountId: string) {
  const { rows } = await database.query<{ payload: Buffer }>('select payload from event where stream_id = $1 order by version', [accountId]);
  return rows.map(({ payload }) => AccountEvent.decode(payload).event!);
}
