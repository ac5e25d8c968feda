import { createHash } from 'node:crypto';
import { call, hasStatus, status } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { AccountsStage, refusalOf } from '../test/accounts-stage';

const stage = new AccountsStage();

beforeAll(() => stage.open());
afterAll(() => stage.close());

test('a rotated key and its successor both work until the overlap ends', async () => {
  const { accountId, liveKey } = await stage.register();
  const { keyId } = await stage.verify(liveKey);
  const rotated = await call(stage.client, 'rotateKey', { accountId, keyId, overlapSeconds: 3_600, author: 'self' });
  expect(rotated.oldKey).toMatchObject({ keyId });
  expect(rotated.oldKey!.expiresAt!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  const { expiresInMs } = await stage.verify(liveKey);
  expect(Number(expiresInMs)).toBeGreaterThan(3_000_000);
  expect(Number(expiresInMs)).toBeLessThanOrEqual(3_600_000);
  expect((await stage.verify(rotated.secret)).expiresInMs).toBeUndefined();
  expect((await stage.verify(rotated.secret)).keyId).toBe(rotated.key!.keyId);
  expect(
    await refusalOf(call(stage.client, 'rotateKey', { accountId, keyId, overlapSeconds: 0, author: 'self' })),
  ).toEqual({ code: status.FAILED_PRECONDITION, details: 'key_not_usable' });
});

test('without an overlap the old key is refused at once', async () => {
  const { accountId, liveKey } = await stage.register();
  const { keyId } = await stage.verify(liveKey);
  const rotated = await call(stage.client, 'rotateKey', { accountId, keyId, overlapSeconds: 0, author: 'self' });
  expect(await refusalOf(stage.verify(liveKey))).toEqual({ code: status.NOT_FOUND, details: 'key_not_found' });
  expect((await stage.verify(rotated.secret)).accountId).toBe(accountId);
  const { keys } = await call(stage.client, 'listKeys', { accountId });
  expect(keys.map((key) => key.keyId)).not.toContain(keyId);
});

test('a revoked key is refused; revoking it again is fine; it can be the last one', async () => {
  const { accountId, liveKey, testKey } = await stage.register();
  for (const secret of [liveKey, testKey]) {
    const { keyId } = await stage.verify(secret);
    await call(stage.client, 'revokeKey', { accountId, keyId, author: 'self' });
    await call(stage.client, 'revokeKey', { accountId, keyId, author: 'self' });
    expect(hasStatus(await stage.verify(secret).catch((error: unknown) => error), status.NOT_FOUND)).toBe(true);
  }
  expect((await call(stage.client, 'listKeys', { accountId })).keys).toEqual([]);
});

test('a new key has the scopes that were named, once each, and is shown masked', async () => {
  const { accountId } = await stage.register();
  const { key, secret } = await call(stage.client, 'createKey', {
    accountId,
    environment: 'test',
    name: ' CI ',
    scopes: ['videos', 'webhooks', 'videos'],
    author: 'self',
  });
  expect(key).toMatchObject({
    name: 'CI',
    environment: 'test',
    scopes: ['videos', 'webhooks'],
    maskedKey: `usv_test_…${secret.slice(-4)}`,
  });
  expect(
    await refusalOf(
      call(stage.client, 'createKey', { accountId, environment: 'test', name: 'x', scopes: ['root'], author: 'self' }),
    ),
  ).toMatchObject({ code: status.INVALID_ARGUMENT });
});

test('no scopes are refused, never read as the default ones', async () => {
  const { accountId } = await stage.register();
  const asked = call(stage.client, 'createKey', {
    accountId,
    environment: 'live',
    name: 'e',
    scopes: [],
    author: 'self',
  });
  expect(await refusalOf(asked)).toEqual({
    code: status.INVALID_ARGUMENT,
    details: 'scopes must name at least one scope',
  });
});

test('many keys are verified in one question, which names those that are live', async () => {
  const [kept, revoked] = [await stage.register(), await stage.register()];
  const digests = [kept.liveKey, kept.testKey, revoked.liveKey, 'usv_live_nobody'].map((secret) =>
    createHash('sha256').update(secret).digest(),
  );
  const { keyId } = await stage.verify(revoked.liveKey);
  await call(stage.client, 'revokeKey', { accountId: revoked.accountId, keyId, author: 'self' });
  const { keys } = await call(stage.client, 'verifyKeys', { secretSha256s: digests });
  const expected = await Promise.all(
    [kept.liveKey, kept.testKey].map(async (secret, index) => ({
      secretSha256: digests[index],
      key: await stage.verify(secret),
    })),
  );
  expect(keys).toHaveLength(2);
  expect(keys).toEqual(expect.arrayContaining(expected));
  for (const count of [0, 1_001]) {
    const asked = call(stage.client, 'verifyKeys', { secretSha256s: Array.from({ length: count }, () => digests[0]!) });
    expect(await refusalOf(asked)).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'secret_sha256s must have 1 to 1000 entries',
    });
  }
});

test('a key of another account does not exist', async () => {
  const [mine, theirs] = [await stage.register(), await stage.register()];
  const { keyId } = await stage.verify(theirs.liveKey);
  const asked = { accountId: mine.accountId, keyId, author: 'self' };
  expect(await refusalOf(call(stage.client, 'revokeKey', asked))).toEqual({
    code: status.NOT_FOUND,
    details: 'key_not_found',
  });
  expect(await refusalOf(call(stage.client, 'rotateKey', { ...asked, overlapSeconds: 0 }))).toEqual({
    code: status.NOT_FOUND,
    details: 'key_not_found',
  });
  expect((await stage.verify(theirs.liveKey)).accountId).toBe(theirs.accountId);
});

test('the use of a key is noted', async () => {
  const { accountId, liveKey } = await stage.register();
  await stage.verify(liveKey);
  await eventually(
    async () => {
      const { keys } = await call(stage.client, 'listKeys', { accountId });
      return keys.some((key) => key.environment === 'live' && key.lastUsedAt !== undefined);
    },
    { what: 'the use is written' },
  );
});
