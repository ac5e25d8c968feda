import type {
  AutoTopUp,
  Entry,
  GetBalanceResponse,
  ListUsageResponse,
  Price,
  Quote,
  SpendCap,
  Statement,
  TopUp,
  UsageGroup,
  UsageRow,
} from '@usvideo/contracts/ledger';
import { formatUsd } from '@usvideo/runtime';
import { money, orNull, time } from '../http/views';

export function balanceView(balance: GetBalanceResponse, caps: readonly SpendCap[], livemode: boolean) {
  return {
    ...sums(balance, livemode),
    ...money('owed', balance.receivableMicros ?? 0n),
    ...moneyOrNull('low_balance_threshold', balance.lowBalanceThresholdMicros || undefined),
    current_period: {
      start: time(balance.periodStart),
      end: time(balance.periodEnd),
      ...money('spend', balance.periodSpendMicros),
      jobs: Number(balance.periodJobs),
    },
    spend_caps: caps.filter(({ limitMicros }) => limitMicros !== undefined).map((cap) => spendCapView(cap, livemode)),
  };
}

function sums(balance: { availableMicros: bigint; heldMicros: bigint; totalSpendMicros: bigint }, livemode: boolean) {
  return {
    object: 'balance',
    livemode,
    currency: 'USD',
    ...money('balance', balance.availableMicros + balance.heldMicros),
    ...money('available', balance.availableMicros),
    ...money('held', balance.heldMicros),
    ...money('total_spend', balance.totalSpendMicros),
  };
}

function moneyOrNull<Name extends string>(name: Name, micros: bigint | undefined) {
  return micros === undefined
    ? ({ [name]: null, [`${name}_micros`]: null } as Record<Name | `${Name}_micros`, null>)
    : money(name, micros);
}

/** A cap that was lowered below what is spent leaves nothing, not less. */
export function spendCapView({ apiKeyId, limitMicros, spentMicros, heldMicros }: SpendCap, livemode: boolean) {
  const left = limitMicros === undefined ? undefined : limitMicros - spentMicros - heldMicros;
  return {
    object: 'spend_cap',
    livemode,
    api_key_id: orNull(apiKeyId),
    ...moneyOrNull('limit', limitMicros),
    ...money('spent', spentMicros),
    ...money('held', heldMicros),
    ...moneyOrNull('remaining', left !== undefined && left < 0n ? 0n : left),
  };
}

export function usageRowView(row: UsageRow) {
  return {
    job_id: row.jobId,
    api_key_id: row.apiKeyId,
    date: row.day,
    model: row.model,
    resolution: row.resolution,
    duration: row.durationSeconds,
    ...money('per_second', row.perSecondMicros),
    ...money('cost', row.chargedMicros),
    ...money('refunded', row.refundedMicros ?? 0n),
    charged_at: time(row.chargedAt),
  };
}

/** A group without a name is that of the jobs that named no end user. */
export function usageGroupView({ group, jobs, seconds, chargedMicros, refundedMicros }: UsageGroup) {
  return {
    group: orNull(group),
    jobs: Number(jobs),
    seconds: Number(seconds),
    ...money('cost', chargedMicros),
    ...money('refunded', refundedMicros),
  };
}

export function usageTotalsView(
  usage: Pick<ListUsageResponse, 'totalJobs' | 'totalSeconds' | 'totalMicros' | 'totalRefundedMicros'>,
) {
  return {
    jobs: Number(usage.totalJobs),
    seconds: Number(usage.totalSeconds),
    ...money('cost', usage.totalMicros),
    ...money('refunded', usage.totalRefundedMicros ?? 0n),
  };
}

export function entryView(entry: Entry, livemode: boolean) {
  return {
    id: entry.eventId,
    object: 'ledger_entry',
    livemode,
    kind: entry.kind,
    job_id: orNull(entry.jobId),
    ...money('available_change', entry.availableChangeMicros),
    ...money('held_change', entry.heldChangeMicros),
    ...money('available_after', entry.availableAfterMicros),
    ...money('held_after', entry.heldAfterMicros),
    ...money('balance_after', entry.availableAfterMicros + entry.heldAfterMicros),
    ...money('owed_after', entry.receivableAfterMicros ?? 0n),
    reference: entry.reference ? entry.reference : null,
    note: orNull(entry.note),
    created_at: time(entry.recordedAt),
  };
}

export function statementView(statement: Statement, livemode: boolean) {
  return {
    id: statement.period,
    object: 'statement',
    livemode,
    period: statement.period,
    start: time(statement.periodStart),
    end: time(statement.periodEnd),
    open: statement.open,
    ...money('opening_balance', statement.openingBalanceMicros),
    ...money('added', statement.addedMicros),
    ...money('charged', statement.chargedMicros),
    ...money('refunded', statement.refundedMicros),
    ...money('reversed', statement.reversedMicros),
    ...money('adjusted', statement.adjustedMicros),
    ...money('closing_balance', statement.closingBalanceMicros),
    ...money('closing_available', statement.closingAvailableMicros),
    ...money('closing_held', statement.closingHeldMicros),
    ...money('closing_owed', statement.closingReceivableMicros),
    jobs: Number(statement.chargedJobs),
  };
}

export function quoteView(quote: Quote, livemode: boolean) {
  return {
    id: quote.quoteId,
    quote_id: quote.quoteId,
    object: 'quote',
    livemode,
    model: quote.model,
    resolution: quote.resolution,
    duration: quote.durationSeconds,
    ...money('per_second', quote.perSecondMicros),
    ...money('cost', quote.amountMicros),
    expires_at: time(quote.expiresAt),
  };
}

export function topUpView(topUp: TopUp) {
  return {
    id: topUp.topUpId,
    object: 'topup',
    livemode: true,
    ...money('amount', topUp.amountMicros),
    status: topUp.status,
    provider: topUp.provider,
    checkout_url: orNull(topUp.checkoutUrl),
    payment_ref: orNull(topUp.paymentRef),
    ...money('reversed', topUp.reversedMicros),
    automatic: topUp.automatic,
    created_at: time(topUp.createdAt),
    ended_at: time(topUp.endedAt),
  };
}

export function autoTopUpView(auto: AutoTopUp) {
  return {
    object: 'auto_topup',
    livemode: true,
    state: auto.state,
    enabled: auto.enabled,
    ...money('threshold', auto.thresholdMicros),
    ...money('amount', auto.amountMicros),
    ...money('monthly_max', auto.monthMaxMicros),
    ...money('charged_this_month', auto.monthChargedMicros),
    payment_method: orNull(auto.paymentMethod),
    failure: orNull(auto.failure),
    offered: auto.offered,
  };
}

/** As operators see it: which version it is and who set it. */
export function priceView(price: Price) {
  return {
    object: 'price',
    model: price.model,
    resolution: price.resolution,
    ...money('per_second', price.perSecondMicros),
    version: price.priceVersion,
    effective_from: time(price.effectiveFrom),
    author: price.author || null,
  };
}

/** Dollars without their sign, as spreadsheets add them up. */
export function plainUsd(micros: bigint): string {
  return formatUsd(micros).replace('$', '');
}
