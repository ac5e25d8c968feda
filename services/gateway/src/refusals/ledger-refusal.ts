import type { LedgerRefusal } from '@usvideo/contracts/ledger';
import type { NameOf } from '@usvideo/contracts/names';
import { type FaultDetail, Refusal, invalidRequest } from './refusal';

type OfTopUps = 'top_up_conflict' | 'top_up_not_manual';

/** Why the ledger refuses to move money, told as the fault of the field that caused it. */
const FAULTS = {
  hold_unknown: { field: 'job_id', message: 'is not a job of this account' },
  hold_conflict: { field: 'job_id', message: 'is not a job of this account' },
  hold_not_captured: { field: 'job_id', message: 'was not charged' },
  refund_conflict: { field: 'refund_key', message: 'was used with another amount' },
  refund_exceeds_capture: { field: 'amount_usd', message: 'is more than is left of the charge' },
  payment_unknown: { field: 'payment_ref', message: 'is not a payment of this account' },
  payment_conflict: { field: 'payment_ref', message: 'was used with another amount' },
  reversal_conflict: { field: 'reversal_ref', message: 'was used with another amount or payment' },
  reversal_exceeds_payment: { field: 'amount_usd', message: 'is more than is left of the payment' },
  adjustment_conflict: { field: 'adjustment_ref', message: 'was used with another amount' },
  insufficient_balance: { field: 'amount_usd', message: 'takes more than is available' },
  amount_out_of_range: { field: 'amount_usd', message: 'is out of range' },
  top_up_conflict: {
    field: 'payment_ref',
    message: 'belongs to another top-up, or this one was confirmed with another',
  },
  top_up_not_manual: { field: 'id', message: 'is a top-up whose provider says when it is paid' },
  price_conflict: { field: 'effective_from', message: 'has a price already' },
  // Of jobs, and of news from payment providers: nobody is there to be told.
  hold_voided: undefined,
  hold_captured: undefined,
  verdict_conflict: undefined,
  capture_exceeds_hold: undefined,
  verdict_not_whole: undefined,
  quote_mismatch: undefined,
  quote_expired: undefined,
  price_unavailable: undefined,
  spend_cap_reached: undefined,
  reinstatement_conflict: undefined,
  reinstatement_exceeds_reversal: undefined,
} satisfies Record<NameOf<typeof LedgerRefusal> | OfTopUps | 'price_conflict', FaultDetail | undefined>;

/** Undefined for a reason that is not the caller's fault. */
export function ledgerRefusal(reason: string): Refusal | undefined {
  const fault = Object.hasOwn(FAULTS, reason) ? FAULTS[reason as keyof typeof FAULTS] : undefined;
  return fault && invalidRequest([fault]);
}
