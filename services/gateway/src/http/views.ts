import type { Account, ApiKey } from '@usvideo/contracts/accounts';
import type { Price } from '@usvideo/contracts/ledger';
import type { GetLimitsResponse, Model } from '@usvideo/contracts/scheduler';
import { formatUsd } from '@usvideo/runtime';

/** Keys that an account may have; accounts refuses more. */
const API_KEYS_MAX = 100;

/** An amount under both of its names: the string for people, the integer for programs. */
export function money<Name extends string>(
  name: Name,
  micros: bigint,
): Record<Name, string> & Record<`${Name}_micros`, number> {
  return { [name]: formatUsd(micros), [`${name}_micros`]: Number(micros) } as Record<Name, string> &
    Record<`${Name}_micros`, number>;
}

export function time(moment: Date | undefined): string | null {
  return moment?.toISOString() ?? null;
}

export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

export function limitsView(
  limits: GetLimitsResponse,
  environment: string,
  streams: { allowed: number; inUse: number },
) {
  const allowed = limits.allowed;
  return {
    object: 'limits',
    livemode: environment === 'live',
    concurrent_jobs: { allowed: allowed?.concurrentJobs ?? 0, in_use: limits.runningJobs },
    queued_jobs: { allowed: allowed?.queuedJobs ?? 0, in_use: limits.queuedJobs },
    streams: { allowed: streams.allowed, in_use: streams.inUse },
    creates_per_minute: { allowed: allowed?.createsPerMinute ?? 0 },
    reads_per_minute: { allowed: allowed?.readsPerMinute ?? 0 },
  };
}

/** A model with the prices in force; without prices (the ledger is away) it is still shown. */
export function modelView(model: Model, prices: readonly Price[], now: Date) {
  return {
    id: model.id,
    object: 'model',
    aliases: model.aliases,
    description: model.description,
    modes: model.modes,
    resolutions: model.resolutions,
    aspect_ratios: model.aspectRatios,
    max_duration: model.maxDurationSeconds,
    prices: model.resolutions.flatMap((resolution) => {
      const price = priceOf(prices, model.id, resolution, now) ?? priceOf(prices, '*', resolution, now);
      return price ? [{ resolution, ...money('per_second', price.perSecondMicros) }] : [];
    }),
  };
}

function priceOf(prices: readonly Price[], model: string, resolution: string, now: Date): Price | undefined {
  return prices
    .filter((price) => price.model === model && price.resolution === resolution && (price.effectiveFrom ?? now) <= now)
    .sort((a, b) => b.priceVersion - a.priceVersion)[0];
}

export function accountView(account: Account, environment: string) {
  return {
    id: account.accountId,
    account_id: account.accountId,
    object: 'account',
    name: account.name,
    email: account.email,
    plan: account.plan,
    status: account.status,
    livemode: environment === 'live',
    created_at: time(account.createdAt),
  };
}

/** What an operator sees. */
export function adminAccountView(account: Account) {
  const { livemode: _, ...rest } = accountView(account, 'live');
  const limitsOf = (limits: Account['liveLimits'], expireAt: Date | undefined) =>
    limits && {
      concurrent_jobs: limits.concurrentJobs,
      queued_jobs: limits.queuedJobs,
      creates_per_minute: limits.createsPerMinute,
      reads_per_minute: limits.readsPerMinute,
      expires_at: time(expireAt),
    };
  return {
    ...rest,
    limits: {
      live: limitsOf(account.liveLimits, account.liveLimitsExpireAt),
      test: limitsOf(account.testLimits, account.testLimitsExpireAt),
    },
  };
}

export function apiKeyView(key: ApiKey) {
  return {
    id: key.keyId,
    object: 'api_key',
    name: key.name,
    masked_key: key.maskedKey,
    scopes: key.scopes,
    livemode: key.environment === 'live',
    created_at: time(key.createdAt),
    last_used_at: time(key.lastUsedAt),
    expires_at: time(key.expiresAt),
  };
}

/** Under `data` as in every list, and under `keys` as clients of the first version read it. All keys are on one page. */
export function apiKeyListView(keys: readonly ApiKey[]) {
  const data = keys.map(apiKeyView);
  return { object: 'list', data, has_more: false, next_cursor: null, limit: API_KEYS_MAX, offset: 0, keys: data };
}
