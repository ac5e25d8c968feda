import { grpcError, status } from '@usvideo/runtime';
import type { Refusal } from '../account/commands';
import type { Outcome } from '../account/batch';

const STATUS = {
  amount_out_of_range: status.INVALID_ARGUMENT,
  payment_conflict: status.ALREADY_EXISTS,
  hold_conflict: status.ALREADY_EXISTS,
  hold_voided: status.FAILED_PRECONDITION,
  quote_mismatch: status.FAILED_PRECONDITION,
  quote_expired: status.FAILED_PRECONDITION,
  price_unavailable: status.FAILED_PRECONDITION,
  spend_cap_reached: status.FAILED_PRECONDITION,
  insufficient_balance: status.FAILED_PRECONDITION,
  hold_captured: status.FAILED_PRECONDITION,
  hold_unknown: status.NOT_FOUND,
  verdict_conflict: status.FAILED_PRECONDITION,
  capture_exceeds_hold: status.FAILED_PRECONDITION,
  verdict_not_whole: status.INVALID_ARGUMENT,
  refund_conflict: status.ALREADY_EXISTS,
  hold_not_captured: status.FAILED_PRECONDITION,
  refund_exceeds_capture: status.FAILED_PRECONDITION,
  reversal_conflict: status.ALREADY_EXISTS,
  payment_unknown: status.NOT_FOUND,
  reversal_exceeds_payment: status.FAILED_PRECONDITION,
  reinstatement_conflict: status.ALREADY_EXISTS,
  reinstatement_exceeds_reversal: status.FAILED_PRECONDITION,
  adjustment_conflict: status.ALREADY_EXISTS,
} satisfies Record<Refusal, status>;

const PAGE_MAX = 100;

/** @throws what the refusal means on the wire. */
export function accepted(outcome: Outcome): Outcome {
  if (outcome.refusal !== undefined) throw grpcError(STATUS[outcome.refusal], outcome.refusal);
  return outcome;
}

/** @throws INVALID_ARGUMENT naming the fields that are empty. */
export function required<Request extends object>(request: Request, ...fields: (keyof Request & string)[]): Request {
  const missing = fields.filter((field) => request[field] === '');
  demand(missing.length === 0, `${missing.map(snakeCase).join(', ')}: required`);
  return request;
}

export function demandPage({ limit, offset }: { limit: number; offset: number }, limitMax = PAGE_MAX): void {
  demand(limit >= 1 && limit <= limitMax, `limit is 1 to ${limitMax}`);
  demand(offset >= 0, 'offset is 0 or more');
}

export function demandDays({ startDate, endDate }: { startDate: string; endDate: string }): void {
  demand(isDay(startDate), 'start_date is a UTC day, YYYY-MM-DD');
  demand(isDay(endDate), 'end_date is a UTC day, YYYY-MM-DD');
}

export function demand(holds: boolean, rule: string): void {
  if (!holds) throw grpcError(status.INVALID_ARGUMENT, rule);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
