import type { Limits } from '@usvideo/contracts/accounts';
import { accept, refuse, unreachable, type Decision } from '@usvideo/event-store';
import type { AccountEvent, AccountState } from './account';
import { ENVIRONMENTS, limitsAreInRange, PLAN_LIMITS, sameLimits, type Environment, type Plan } from './plan';

/** Ids are minted by the caller before the first try, so that a command repeated after an unknown commit finds its own effect. */
export type AccountCommand =
  | {
      readonly type: 'Register';
      readonly accountId: string;
      readonly name: string;
      readonly plan: Plan;
      readonly keys: readonly NewKey[];
      readonly author: string;
    }
  | {
      readonly type: 'SetLimits';
      readonly accountId: string;
      readonly environment: Environment;
      readonly changes: Partial<Limits>;
      readonly expiresAt?: Date | undefined;
      readonly reason?: string | undefined;
      readonly author: string;
    }
  | {
      readonly type: 'EndLimits';
      readonly accountId: string;
      readonly environment: Environment;
      readonly now: Date;
      readonly author: string;
    }
  | { readonly type: 'Suspend'; readonly accountId: string; readonly reason: string; readonly author: string }
  | { readonly type: 'Resume'; readonly accountId: string; readonly author: string }
  | { readonly type: 'Close'; readonly accountId: string; readonly reason: string; readonly author: string }
  | { readonly type: 'CreateKey'; readonly accountId: string; readonly key: NewKey; readonly author: string }
  | {
      readonly type: 'RotateKey';
      readonly accountId: string;
      readonly keyId: string;
      readonly newKeyId: string;
      readonly oldKeyExpiresAt: Date;
      readonly author: string;
    }
  | { readonly type: 'RevokeKey'; readonly accountId: string; readonly keyId: string; readonly author: string };

export interface NewKey {
  readonly keyId: string;
  readonly environment: Environment;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** In order of precedence. */
export type AccountRefusal =
  'account_not_found' | 'account_closed' | 'limits_out_of_range' | 'key_not_found' | 'key_not_usable' | 'too_many_keys';

/** Usable keys of one account, both environments together. */
export const KEYS_MAX = 100;

/** Nothing opens the door of a closed account again. */
const NOT_OF_CLOSED: ReadonlySet<AccountCommand['type']> = new Set(['Resume', 'CreateKey', 'RotateKey']);

type AccountDecision = Decision<AccountEvent, AccountRefusal>;

export function decide(state: AccountState, command: AccountCommand): AccountDecision {
  if (command.type === 'Register') return register(state, command);
  if (state.plan === undefined) return refuse('account_not_found');
  if (state.closed && NOT_OF_CLOSED.has(command.type)) return refuse('account_closed');
  switch (command.type) {
    case 'SetLimits':
      return setLimits(state, command);
    case 'EndLimits':
      return endLimits(state, command);
    case 'Suspend':
      return suspend(state, command);
    case 'Resume':
      return resume(state, command);
    case 'Close':
      return close(state, command);
    case 'CreateKey':
      return createKey(state, command);
    case 'RotateKey':
      return rotateKey(state, command);
    case 'RevokeKey':
      return revokeKey(state, command);
    default:
      return unreachable(command);
  }
}

type Of<Type extends AccountCommand['type']> = Extract<AccountCommand, { type: Type }>;

/** A plan above the standard one says its limits in full: the scheduler knows limits, never plans. */
function register(state: AccountState, { accountId, name, plan, keys, author }: Of<'Register'>): AccountDecision {
  if (state.plan !== undefined) return accept();
  const created: AccountEvent = { $case: 'accountCreated', value: { accountId, name, plan } };
  const limits =
    plan === 'standard'
      ? []
      : ENVIRONMENTS.map((environment, index): AccountEvent => ({
          $case: 'limitsSet',
          value: { accountId, environment, limits: PLAN_LIMITS[plan], limitsVersion: BigInt(index + 1), author },
        }));
  return accept(created, ...limits, ...keys.map(keyCreated));
}

/** Limits with an end stand on those in force, and end where those without one stood; limits without an end take their place. */
function setLimits(
  state: AccountState,
  { accountId, environment, changes, expiresAt, reason, author }: Of<'SetLimits'>,
): AccountDecision {
  const lasting = state.ending[environment]?.revertsTo ?? state.limits[environment];
  const current = expiresAt === undefined ? lasting : state.limits[environment];
  const limits: Limits = {
    concurrentJobs: changes.concurrentJobs ?? current.concurrentJobs,
    queuedJobs: changes.queuedJobs ?? current.queuedJobs,
    createsPerMinute: changes.createsPerMinute ?? current.createsPerMinute,
    readsPerMinute: changes.readsPerMinute ?? current.readsPerMinute,
  };
  if (!limitsAreInRange(limits)) return refuse('limits_out_of_range');
  if (expiresAt === undefined && state.ending[environment] === undefined && sameLimits(limits, current))
    return accept();
  const ending = expiresAt === undefined ? {} : { expiresAt, revertsTo: lasting };
  return accept({
    $case: 'limitsSet',
    value: { accountId, environment, limits, limitsVersion: state.limitsVersion + 1n, author, reason, ...ending },
  });
}

function endLimits(state: AccountState, { accountId, environment, now, author }: Of<'EndLimits'>): AccountDecision {
  const ending = state.ending[environment];
  if (ending === undefined || ending.at > now) return accept();
  return accept({
    $case: 'limitsSet',
    value: { accountId, environment, limits: ending.revertsTo, limitsVersion: state.limitsVersion + 1n, author },
  });
}

function suspend(state: AccountState, { author, reason }: Of<'Suspend'>): AccountDecision {
  if (state.suspended) return accept();
  return accept({ $case: 'accountSuspended', value: { author, reason, limitsVersion: state.limitsVersion + 1n } });
}

function resume(state: AccountState, { author }: Of<'Resume'>): AccountDecision {
  if (!state.suspended) return accept();
  return accept({ $case: 'accountResumed', value: { author, limitsVersion: state.limitsVersion + 1n } });
}

function close(state: AccountState, { author, reason }: Of<'Close'>): AccountDecision {
  if (state.closed) return accept();
  const open = [...state.keys].filter(([, { status }]) => status !== 'revoked');
  return accept(
    { $case: 'accountSuspended', value: { author, reason, limitsVersion: state.limitsVersion + 1n, closes: true } },
    ...open.map(([keyId]): AccountEvent => ({ $case: 'apiKeyRevoked', value: { keyId } })),
  );
}

function createKey(state: AccountState, { key }: Of<'CreateKey'>): AccountDecision {
  if (state.keys.has(key.keyId)) return accept();
  const usable = [...state.keys.values()].filter((known) => known.status === 'usable').length;
  return usable >= KEYS_MAX ? refuse('too_many_keys') : accept(keyCreated(key));
}

/** The new key has the name, scopes and environment of the old one: a rotation can never widen what a key may do. */
function rotateKey(state: AccountState, { keyId, newKeyId, oldKeyExpiresAt }: Of<'RotateKey'>): AccountDecision {
  if (state.keys.has(newKeyId)) return accept();
  const key = state.keys.get(keyId);
  if (key === undefined) return refuse('key_not_found');
  if (key.status !== 'usable') return refuse('key_not_usable');
  return accept(keyCreated({ keyId: newKeyId, environment: key.environment, name: key.name, scopes: key.scopes }), {
    $case: 'apiKeyRotated',
    value: { keyId, newKeyId, oldKeyExpiresAt },
  });
}

/** Revoking twice is fine; revoking the last key is the customer's business. */
function revokeKey(state: AccountState, { keyId }: Of<'RevokeKey'>): AccountDecision {
  const key = state.keys.get(keyId);
  if (key === undefined) return refuse('key_not_found');
  return key.status === 'revoked' ? accept() : accept({ $case: 'apiKeyRevoked', value: { keyId } });
}

function keyCreated({ keyId, environment, name, scopes }: NewKey): AccountEvent {
  return { $case: 'apiKeyCreated', value: { keyId, environment, name, scopes: [...scopes] } };
}
