import type { Hold, Payment } from '../account/account-state';
import type { KeyCap } from '../account/account-state';
import type { StatementRow, UsageDayRow, UsageRow } from '../account/rows';
import type { AccountBalance } from '../account/account-balance';
import { accountColumns } from '../posting/account-columns';

export type Table =
  'ledger_account' | 'hold' | 'payment' | 'natural_key' | 'key_cap' | 'entry' | 'usage' | 'daily_usage' | 'statement';

/** A row as the events say it must be, by column; columns that are not named are not compared. */
export interface ExpectedRow {
  readonly table: Table;
  readonly columns: Readonly<Record<string, unknown>>;
}

export function accountRow(balance: AccountBalance, headHash: Buffer): ExpectedRow {
  return {
    table: 'ledger_account',
    columns: {
      account_id: balance.accountId,
      version: balance.version,
      head_hash: headHash,
      ...accountColumns(balance),
    },
  };
}

export function holdRow(jobId: string, hold: Hold, placedAt: Date | null, endedAt: Date | null): ExpectedRow {
  const terms = hold.placed?.terms;
  return {
    table: 'hold',
    columns: {
      job_id: jobId,
      account_id: hold.accountId,
      state: hold.state,
      api_key_id: terms?.apiKeyId ?? null,
      model: terms?.model ?? null,
      resolution: terms?.resolution ?? null,
      duration_seconds: terms?.durationSeconds ?? null,
      per_second_micros: hold.placed?.price.perSecondMicros ?? null,
      price_version: hold.placed?.price.priceVersion ?? null,
      amount_micros: hold.amountMicros,
      captured_micros: hold.capturedMicros,
      released_micros: hold.releasedMicros,
      placed_at: placedAt,
      ended_at: endedAt,
    },
  };
}

/** A refund shows in two tables. */
export function refundedRows(jobId: string, refundedMicros: bigint): ExpectedRow[] {
  return [
    { table: 'hold', columns: { job_id: jobId, refunded_micros: refundedMicros } },
    { table: 'usage', columns: { job_id: jobId, refunded_micros: refundedMicros } },
  ];
}

export function entryRow(balance: AccountBalance, jobId: string): ExpectedRow {
  return {
    table: 'entry',
    columns: {
      account_id: balance.accountId,
      version: balance.version,
      job_id: jobId,
      available_after_micros: balance.availableMicros,
      held_after_micros: balance.heldMicros,
      receivable_after_micros: balance.receivableMicros,
    },
  };
}

export function paymentRow(accountId: string, paymentRef: string, payment: Payment): ExpectedRow {
  return {
    table: 'payment',
    columns: {
      account_id: accountId,
      payment_ref: paymentRef,
      amount_micros: payment.amountMicros,
      reversed_micros: payment.reversedMicros,
      source: payment.source,
    },
  };
}

export function naturalKeyRow(
  accountId: string,
  kind: string,
  reference: string,
  subject: string,
  amountMicros: bigint,
  recordedAt: Date,
): ExpectedRow {
  return {
    table: 'natural_key',
    columns: { account_id: accountId, kind, reference, subject, amount_micros: amountMicros, recorded_at: recordedAt },
  };
}

export function keyCapRow(key: KeyCap): ExpectedRow {
  return {
    table: 'key_cap',
    columns: {
      account_id: key.accountId,
      api_key_id: key.apiKeyId,
      limit_micros: key.limitMicros ?? null,
      held_micros: key.heldMicros,
      month: key.month,
      spent_micros: key.spentMicros,
    },
  };
}

export function usageRow(row: UsageRow): ExpectedRow {
  return {
    table: 'usage',
    columns: {
      job_id: row.jobId,
      account_id: row.accountId,
      api_key_id: row.apiKeyId,
      day: row.day,
      model: row.model,
      resolution: row.resolution,
      duration_seconds: row.durationSeconds,
      per_second_micros: row.perSecondMicros,
      charged_micros: row.chargedMicros,
      charged_at: row.chargedAt,
    },
  };
}

export function usageDayRow(row: UsageDayRow): ExpectedRow {
  return {
    table: 'daily_usage',
    columns: {
      account_id: row.accountId,
      day: row.day,
      api_key_id: row.apiKeyId,
      resolution: row.resolution,
      jobs: row.jobs,
      seconds: row.seconds,
      charged_micros: row.chargedMicros,
      refunded_micros: row.refundedMicros,
    },
  };
}

export function statementRow(row: StatementRow): ExpectedRow {
  return {
    table: 'statement',
    columns: {
      account_id: row.accountId,
      period: row.period,
      first_version: row.firstVersion,
      last_version: row.lastVersion,
      opening_micros: row.openingMicros,
      added_micros: row.addedMicros,
      charged_micros: row.chargedMicros,
      refunded_micros: row.refundedMicros,
      reversed_micros: row.reversedMicros,
      adjusted_micros: row.adjustedMicros,
      charged_jobs: row.chargedJobs,
      closing_available_micros: row.closingAvailableMicros,
      closing_held_micros: row.closingHeldMicros,
      closing_receivable_micros: row.closingReceivableMicros,
    },
  };
}
