import type { AccountEvent as RecordedAccountEvent, Limits } from '@usvideo/contracts/accounts';
import { PLAN_LIMITS, type Environment, type Plan } from './plan';

export type AccountEvent = NonNullable<RecordedAccountEvent['event']>;

/** `replaced` keys still open the door until their overlap ends; they cannot be rotated again. */
export type KeyStatus = 'usable' | 'replaced' | 'revoked';

export interface KeyState {
  readonly status: KeyStatus;
  readonly environment: Environment;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface AccountState {
  /** Absent until the account is created. */
  readonly plan: Plan | undefined;
  readonly suspended: boolean;
  /** For good. */
  readonly closed: boolean;
  readonly limits: Readonly<Record<Environment, Limits>>;
  /** Of limits with an end: when, and what is in force from then on. */
  readonly ending: Readonly<Partial<Record<Environment, { readonly at: Date; readonly revertsTo: Limits }>>>;
  /** Counts every change of what the scheduler must obey: limits, suspension, resumption. */
  readonly limitsVersion: bigint;
  readonly keys: ReadonlyMap<string, KeyState>;
}

export const NO_ACCOUNT: AccountState = {
  plan: undefined,
  suspended: false,
  closed: false,
  limits: { live: PLAN_LIMITS.standard, test: PLAN_LIMITS.standard },
  ending: {},
  limitsVersion: 0n,
  keys: new Map(),
};

export function evolve(state: AccountState, event: AccountEvent): AccountState {
  switch (event.$case) {
    case 'accountCreated': {
      const plan = event.value.plan as Plan;
      return { ...state, plan, limits: { live: PLAN_LIMITS[plan], test: PLAN_LIMITS[plan] } };
    }
    case 'limitsSet': {
      const { environment, expiresAt, limits, limitsVersion, revertsTo } = event.value;
      const ending = expiresAt && revertsTo ? { at: expiresAt, revertsTo } : undefined;
      return {
        ...state,
        limits: { ...state.limits, [environment]: limits },
        ending: { ...state.ending, [environment]: ending },
        limitsVersion,
      };
    }
    case 'accountSuspended':
      return {
        ...state,
        suspended: true,
        closed: state.closed || event.value.closes === true,
        limitsVersion: event.value.limitsVersion,
      };
    case 'accountResumed':
      return { ...state, suspended: false, limitsVersion: event.value.limitsVersion };
    case 'apiKeyCreated': {
      const { keyId, environment, name, scopes } = event.value;
      return withKey(state, keyId, { status: 'usable', environment: environment as Environment, name, scopes });
    }
    case 'apiKeyRotated':
      return withKeyStatus(state, event.value.keyId, 'replaced');
    case 'apiKeyRevoked':
      return withKeyStatus(state, event.value.keyId, 'revoked');
  }
}

function withKey(state: AccountState, keyId: string, key: KeyState): AccountState {
  return { ...state, keys: new Map(state.keys).set(keyId, key) };
}

function withKeyStatus(state: AccountState, keyId: string, status: KeyStatus): AccountState {
  const key = state.keys.get(keyId);
  return key === undefined ? state : withKey(state, keyId, { ...key, status });
}
