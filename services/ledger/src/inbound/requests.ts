import type { AddFundsRequest, ListEntriesRequest, ListPendingHoldsRequest, ListUsageRequest } from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import type { AddFunds, Refusal } from '../domain/account';
import type { EntryQuery } from '../outbound/ledger-reader';
import type { UsageQuery } from '../outbound/usage-reader';

const STATUS = {
  amount_out_of_range: status.INVALID_ARGUMENT,
  payment_conflict: status.ALREADY_EXISTS,
  hold_conflict: status.ALREADY_EXISTS,
  hold_voided: status.FAILED_PRECONDITION,
  price_unavailable: status.FAILED_PRECONDITION,
  insufficient_balance: status.FAILED_PRECONDITION,
  hold_captured: status.FAILED_PRECONDITION,
  hold_unknown: status.NOT_FOUND,
  verdict_conflict: status.FAILED_PRECONDITION,
  capture_exceeds_hold: status.FAILED_PRECONDITION,
  verdict_not_whole: status.INVALID_ARGUMENT,
} satisfies Record<Refusal, status>;

const PAGE_MAX = 100;
const PENDING_HOLDS_MAX = 500;

export function refusalError(refusal: Refusal): Error {
  return grpcError(STATUS[refusal], refusal);
}

export function addFundsOf({ accountId, amountMicros, source, paymentRef, author, note }: AddFundsRequest): AddFunds {
  demand(accountId !== '', 'account_id is required');
  demand(paymentRef !== '', 'payment_ref is required');
  if (source !== 'manual' && source !== 'promotion') throw invalid('source is manual or promotion');
  return { type: 'AddFunds', accountId, amountMicros, source, paymentRef, author, note };
}

export function entryQueryOf({ accountId, limit, offset, beforeVersion, jobId }: ListEntriesRequest): EntryQuery {
  demand(accountId !== '', 'account_id is required');
  demandPage(limit, offset);
  demand(beforeVersion >= 0n, 'before_version is 0 or a version');
  return { accountId, limit, offset, beforeVersion, jobId };
}

export function usageQueryOf({ accountId, startDate, endDate, limit, offset }: ListUsageRequest): UsageQuery {
  demand(accountId !== '', 'account_id is required');
  demandPage(limit, offset);
  demand(isDay(startDate), 'start_date is a UTC day, YYYY-MM-DD');
  demand(isDay(endDate), 'end_date is a UTC day, YYYY-MM-DD');
  return { accountId, startDate, endDate, limit, offset };
}

export function pendingHoldsQueryOf({ placedBefore, limit }: ListPendingHoldsRequest): { placedBefore: Date; limit: number } {
  if (placedBefore === undefined) throw invalid('placed_before is required');
  demand(limit >= 1 && limit <= PENDING_HOLDS_MAX, `limit is 1 to ${PENDING_HOLDS_MAX}`);
  return { placedBefore, limit };
}

export function accountIdOf({ accountId }: { accountId: string }): string {
  demand(accountId !== '', 'account_id is required');
  return accountId;
}

function demandPage(limit: number, offset: number): void {
  demand(limit >= 1 && limit <= PAGE_MAX, `limit is 1 to ${PAGE_MAX}`);
  demand(offset >= 0, 'offset is 0 or more');
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

function demand(holds: boolean, rule: string): void {
  if (!holds) throw invalid(rule);
}

function invalid(rule: string): Error {
  return grpcError(status.INVALID_ARGUMENT, rule);
}
