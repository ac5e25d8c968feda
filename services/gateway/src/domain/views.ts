import type { Account, ApiKey } from '@usvideo/contracts/accounts';
import type { Entry, GetBalanceResponse, ListUsageResponse, Price, UsageRow } from '@usvideo/contracts/ledger';
import type { GetLimitsResponse, GetSandboxBalanceResponse, Model } from '@usvideo/contracts/scheduler';
import type { Delivery } from '@usvideo/contracts/webhooks';
import { formatUsd } from '@usvideo/runtime';

/** An amount under both of its names: the string for people, the integer for programs. */
function money<Name extends string>(name: Name, micros: bigint): Record<Name, string> & Record<`${Name}_micros`, number> {
  return { [name]: formatUsd(micros), [`${name}_micros`]: Number(micros) } as Record<Name, string> & Record<`${Name}_micros`, number>;
}

function time(moment: Date | undefined): string | null {
  return moment?.toISOString() ?? null;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

export function balanceView(balance: GetBalanceResponse) {
  return {
    ...sums(balance, true),
    current_period: {
      start: time(balance.periodStart), end: time(balance.periodEnd), ...money('spend', balance.periodSpendMicros), jobs: Number(balance.periodJobs),
    },
  };
}

/** The sandbox has a virtual balance that the ledger knows nothing of. */
export function sandboxBalanceView(balance: GetSandboxBalanceResponse, now: Date) {
  const month = monthOf(now);
  return {
    ...sums(balance, false),
    current_period: { start: time(month.start), end: time(month.end), spend: null, spend_micros: null, jobs: Number(balance.periodJobs) },
  };
}

function sums(balance: { availableMicros: bigint; heldMicros: bigint; totalSpendMicros: bigint }, livemode: boolean) {
  return {
    object: 'balance', livemode, currency: 'USD',
    ...money('balance', balance.availableMicros + balance.heldMicros),
    ...money('available', balance.availableMicros),
    ...money('held', balance.heldMicros),
    ...money('total_spend', balance.totalSpendMicros),
  };
}

export function monthOf(now: Date): { start: Date; end: Date } {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

export function usageRowView(row: UsageRow) {
  return {
    job_id: row.jobId, api_key_id: row.apiKeyId, date: row.day, model: row.model, resolution: row.resolution, duration: row.durationSeconds,
    ...money('per_second', row.perSecondMicros), ...money('cost', row.chargedMicros), charged_at: time(row.chargedAt),
  };
}

export function usageTotalsView(usage: Pick<ListUsageResponse, 'totalJobs' | 'totalSeconds' | 'totalMicros'>) {
  return { jobs: Number(usage.totalJobs), seconds: Number(usage.totalSeconds), ...money('cost', usage.totalMicros) };
}

export function entryView(entry: Entry) {
  return {
    id: entry.eventId, object: 'ledger_entry', kind: entry.kind, job_id: orNull(entry.jobId),
    ...money('available_change', entry.availableChangeMicros), ...money('held_change', entry.heldChangeMicros),
    ...money('available_after', entry.availableAfterMicros), ...money('held_after', entry.heldAfterMicros),
    ...money('balance_after', entry.availableAfterMicros + entry.heldAfterMicros),
    note: orNull(entry.note), created_at: time(entry.recordedAt),
  };
}

export function limitsView(limits: GetLimitsResponse, environment: string, streams: { allowed: number; inUse: number }) {
  const allowed = limits.allowed;
  return {
    object: 'limits', livemode: environment === 'live',
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
    id: model.id, object: 'model', aliases: model.aliases, description: model.description, modes: model.modes,
    resolutions: model.resolutions, aspect_ratios: model.aspectRatios, max_duration: model.maxDurationSeconds,
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
    id: account.accountId, account_id: account.accountId, object: 'account', name: account.name, email: account.email, plan: account.plan,
    status: account.status, livemode: environment === 'live', created_at: time(account.createdAt),
  };
}

/** What an operator sees. */
export function adminAccountView(account: Account) {
  const { livemode: _, ...rest } = accountView(account, 'live');
  const limitsOf = (limits: Account['liveLimits']) => limits && {
    concurrent_jobs: limits.concurrentJobs, queued_jobs: limits.queuedJobs,
    creates_per_minute: limits.createsPerMinute, reads_per_minute: limits.readsPerMinute,
  };
  return { ...rest, limits: { live: limitsOf(account.liveLimits), test: limitsOf(account.testLimits) } };
}

export function apiKeyView(key: ApiKey) {
  return {
    id: key.keyId, object: 'api_key', name: key.name, masked_key: key.maskedKey, scopes: key.scopes, livemode: key.environment === 'live',
    created_at: time(key.createdAt), last_used_at: time(key.lastUsedAt), expires_at: time(key.expiresAt),
  };
}

export function deliveryView(delivery: Delivery) {
  return {
    id: delivery.deliveryId, object: 'webhook_delivery', event_id: delivery.eventId, event: delivery.event, job_id: orNull(delivery.jobId),
    url: delivery.url, status: delivery.status, created_at: time(delivery.createdAt), next_attempt_at: time(delivery.nextAttemptAt),
    attempts: delivery.attempts.map((attempt) => ({
      attempt: attempt.attempt, started_at: time(attempt.startedAt), duration_ms: attempt.durationMs,
      http_status: attempt.httpStatus || null, error: orNull(attempt.error), response_excerpt: attempt.responseExcerpt,
    })),
  };
}
