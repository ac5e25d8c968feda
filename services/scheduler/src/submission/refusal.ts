/** Why a create is refused, in order of precedence. A refusal leaves no trace: the idempotency key may be used again. */
export const CREATE_REFUSALS = [
  'idempotency_key_reused',
  'idempotency_in_progress',
  'rate_limit_exceeded',
  'sandbox_refusal',
  'model_unknown',
  'capacity_exhausted',
  'account_suspended',
  'queue_limit_exceeded',
  'price_unavailable',
  'quote_mismatch',
  'quote_expired',
  'insufficient_balance',
  'spend_cap_reached',
  'service_unavailable',
] as const;

export type CreateRefusal = (typeof CREATE_REFUSALS)[number];
