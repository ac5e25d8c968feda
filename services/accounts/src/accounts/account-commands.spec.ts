import type { Limits } from '@usvideo/contracts/accounts';
import { evolve, NO_ACCOUNT, type AccountEvent, type AccountState } from './account';
import { decide, KEYS_MAX, type AccountCommand } from './account-commands';
import { PLAN_LIMITS } from './plan';

const accountId = 'acc_1';
const author = 'operator ann';

const created: AccountEvent = { $case: 'accountCreated', value: { accountId, name: 'Acme', plan: 'standard' } };
const keyCreated = (keyId: string): AccountEvent => ({
  $case: 'apiKeyCreated',
  value: { keyId, environment: 'live', name: 'CI', scopes: ['videos'] },
});
const rotated: AccountEvent = {
  $case: 'apiKeyRotated',
  value: { keyId: 'key_1', newKeyId: 'key_2', oldKeyExpiresAt: new Date(0) },
};
const revoked: AccountEvent = { $case: 'apiKeyRevoked', value: { keyId: 'key_1' } };
const suspended: AccountEvent = {
  $case: 'accountSuspended',
  value: { author, reason: 'chargeback', limitsVersion: 1n },
};
const limitsSet = (limits: Limits, limitsVersion: bigint): AccountEvent => ({
  $case: 'limitsSet',
  value: { accountId, environment: 'live', limits, limitsVersion, author },
});

function given(...events: AccountEvent[]): { when(command: AccountCommand): unknown } {
  const state: AccountState = events.reduce(evolve, NO_ACCOUNT);
  return {
    when(command) {
      const decision = decide(state, command);
      return decision.accepted ? decision.events : decision.refusal;
    },
  };
}

const register: AccountCommand = {
  type: 'Register',
  accountId,
  name: 'Acme',
  plan: 'standard',
  author,
  keys: [{ keyId: 'key_1', environment: 'live', name: 'CI', scopes: ['videos'] }],
};
const rotate: AccountCommand = {
  type: 'RotateKey',
  accountId,
  keyId: 'key_1',
  newKeyId: 'key_2',
  oldKeyExpiresAt: new Date(0),
  author,
};
const revoke: AccountCommand = { type: 'RevokeKey', accountId, keyId: 'key_1', author };

test('registering makes the account and its keys', () => {
  expect(given().when(register)).toEqual([created, keyCreated('key_1')]);
});

test('registering on a larger plan says its limits for both environments, since the scheduler knows no plans', () => {
  expect(given().when({ ...register, plan: 'enterprise', keys: [] })).toEqual([
    { $case: 'accountCreated', value: { accountId, name: 'Acme', plan: 'enterprise' } },
    {
      $case: 'limitsSet',
      value: { accountId, environment: 'live', limits: PLAN_LIMITS.enterprise, limitsVersion: 1n, author },
    },
    {
      $case: 'limitsSet',
      value: { accountId, environment: 'test', limits: PLAN_LIMITS.enterprise, limitsVersion: 2n, author },
    },
  ]);
});

test.each<AccountCommand>([
  { type: 'SetLimits', accountId, environment: 'live', changes: {}, author },
  { type: 'Suspend', accountId, reason: '', author },
  { type: 'Resume', accountId, author },
  rotate,
  revoke,
])('an account that does not exist refuses $type', (command) => {
  expect(given().when(command)).toBe('account_not_found');
});

test('limits that are not named keep their value, and the version grows by one', () => {
  const raised = { ...PLAN_LIMITS.standard, concurrentJobs: 50 };
  expect(
    given(created).when({ type: 'SetLimits', accountId, environment: 'live', changes: { concurrentJobs: 50 }, author }),
  ).toEqual([limitsSet(raised, 1n)]);
  expect(
    given(created, limitsSet(raised, 1n)).when({
      type: 'SetLimits',
      accountId,
      environment: 'live',
      changes: { queuedJobs: 5 },
      author,
    }),
  ).toEqual([limitsSet({ ...raised, queuedJobs: 5 }, 2n)]);
});

test('setting the limits that are already set changes nothing', () => {
  expect(
    given(created).when({ type: 'SetLimits', accountId, environment: 'test', changes: PLAN_LIMITS.standard, author }),
  ).toEqual([]);
});

test.each([{ concurrentJobs: -1 }, { queuedJobs: 1.5 }, { createsPerMinute: 0 }, { readsPerMinute: 1e9 }])(
  'refuses limits of %j',
  (changes) => {
    expect(given(created).when({ type: 'SetLimits', accountId, environment: 'live', changes, author })).toBe(
      'limits_out_of_range',
    );
  },
);

test('no concurrent jobs at all is a limit: it freezes the queue', () => {
  expect(
    given(created).when({ type: 'SetLimits', accountId, environment: 'live', changes: { concurrentJobs: 0 }, author }),
  ).toEqual([limitsSet({ ...PLAN_LIMITS.standard, concurrentJobs: 0 }, 1n)]);
});

test('suspending and resuming happen once, each with a version of its own', () => {
  const suspend: AccountCommand = { type: 'Suspend', accountId, reason: 'chargeback', author };
  expect(given(created).when(suspend)).toEqual([suspended]);
  expect(given(created, suspended).when(suspend)).toEqual([]);
  expect(given(created, suspended).when({ type: 'Resume', accountId, author })).toEqual([
    { $case: 'accountResumed', value: { author, limitsVersion: 2n } },
  ]);
  expect(given(created).when({ type: 'Resume', accountId, author })).toEqual([]);
});

test('a rotated key hands its name, scopes and environment to its successor', () => {
  expect(given(created, keyCreated('key_1')).when(rotate)).toEqual([keyCreated('key_2'), rotated]);
});

test('a command that is repeated after an unknown commit finds its own effect', () => {
  const state = [created, keyCreated('key_1'), keyCreated('key_2'), rotated];
  expect(given(...state).when(rotate)).toEqual([]);
  expect(given(...state).when(register)).toEqual([]);
  expect(
    given(...state).when({
      type: 'CreateKey',
      accountId,
      author,
      key: { keyId: 'key_1', environment: 'live', name: 'CI', scopes: [] },
    }),
  ).toEqual([]);
});

test('a key is rotated once; afterwards its successor is', () => {
  const again: AccountCommand = { ...rotate, newKeyId: 'key_3' };
  expect(given(created, keyCreated('key_1'), keyCreated('key_2'), rotated).when(again)).toBe('key_not_usable');
  expect(given(created, keyCreated('key_1'), revoked).when(again)).toBe('key_not_usable');
});

test('a key is revoked for good, also in its overlap; revoking twice is fine', () => {
  expect(given(created, keyCreated('key_1')).when(revoke)).toEqual([revoked]);
  expect(given(created, keyCreated('key_1'), keyCreated('key_2'), rotated).when(revoke)).toEqual([revoked]);
  expect(given(created, keyCreated('key_1'), revoked).when(revoke)).toEqual([]);
  expect(given(created).when(revoke)).toBe('key_not_found');
});

test('an account has a bounded number of usable keys; revoked ones make room', () => {
  const full = Array.from({ length: KEYS_MAX }, (_, index) => keyCreated(`key_${index}`));
  const another: AccountCommand = {
    type: 'CreateKey',
    accountId,
    author,
    key: { keyId: 'key_new', environment: 'test', name: 'One more', scopes: ['videos'] },
  };
  expect(given(created, ...full).when(another)).toBe('too_many_keys');
  expect(given(created, ...full, revoked).when(another)).toHaveLength(1);
});
