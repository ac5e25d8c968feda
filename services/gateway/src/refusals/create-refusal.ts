import { formatUsd } from '@usvideo/runtime';
import { type NameOf, refusalIn } from '@usvideo/contracts/names';
import { CreateRefusal, type CreateJobAnswer } from '@usvideo/contracts/scheduler';
import { Refusal, invalidRequest, serviceUnavailable } from './refusal';

type Rendering = (answer: CreateJobAnswer, supportUrl: string) => Refusal;

const RENDERING = {
  rate_limit_exceeded: (answer, supportUrl) => rateLimitExceeded(answer.retryAfterMs, supportUrl),
  queue_limit_exceeded: (answer, supportUrl) =>
    new Refusal(
      'queue_limit_exceeded',
      `As many jobs as your plan allows are waiting already. Raised limits: ${supportUrl}`,
      { retryAfterMs: answer.retryAfterMs || 1_000 },
    ),
  insufficient_balance: (answer) => insufficientBalance(answer.requiredMicros, answer.availableMicros),
  spend_cap_reached: () =>
    new Refusal(
      'spend_cap_reached',
      'This video would exceed the spend cap of your account or key for this month. GET /v1/balance shows the caps.',
    ),
  price_unavailable: (answer) =>
    new Refusal('price_unavailable', 'There is no price for this request at the moment.', {
      retryAfterMs: answer.retryAfterMs || 1_000,
    }),
  quote_expired: () => new Refusal('quote_expired', 'The quote has expired. Ask for a new one with POST /v1/quotes.'),
  quote_mismatch: () =>
    new Refusal('quote_mismatch', 'The quote is not one of yours for this model, resolution and duration.'),
  model_unknown: () => invalidRequest([{ field: 'model', message: 'is not a known model; GET /v1/models lists them' }]),
  idempotency_key_reused: () =>
    new Refusal('idempotency_key_reused', 'This Idempotency-Key was used with a different request body.'),
  idempotency_in_progress: () =>
    new Refusal('idempotency_in_progress', 'The first request with this Idempotency-Key is still being answered.'),
  capacity_exhausted: (answer) =>
    new Refusal('capacity_exhausted', 'There is no rendering capacity for this request at the moment.', {
      retryAfterMs: answer.retryAfterMs || 1_000,
    }),
  account_suspended: () => accountSuspended(),
  sandbox_refusal: (answer, supportUrl) => sandboxRefusal(answer, supportUrl),
  service_unavailable: (answer) => serviceUnavailable(answer.retryAfterMs || 1_000),
} satisfies Record<NameOf<typeof CreateRefusal>, Rendering>;

/** What the customer is told; a name that only a newer scheduler knows is the service's fault, not the customer's. */
export function createRefusal(answer: CreateJobAnswer, supportUrl: string): Refusal {
  const refusal = refusalIn(CreateRefusal, answer);
  return refusal === undefined || refusal === 'unknown' ? serviceUnavailable() : RENDERING[refusal](answer, supportUrl);
}

export function rateLimitExceeded(retryAfterMs: number, supportUrl: string): Refusal {
  return new Refusal('rate_limit_exceeded', `Too many requests. Slow down, or ask for a higher limit: ${supportUrl}`, {
    retryAfterMs,
  });
}

export function accountSuspended(): Refusal {
  return new Refusal('account_suspended', 'This account is suspended.');
}

function insufficientBalance(requiredMicros: bigint, availableMicros: bigint): Refusal {
  const shortfallMicros = requiredMicros - availableMicros;
  if (shortfallMicros <= 0n)
    return new Refusal(
      'insufficient_balance',
      `${formatUsd(availableMicros)} is available, which does not cover this video. Add funds and try again.`,
    );
  return new Refusal(
    'insufficient_balance',
    `This video costs ${formatUsd(requiredMicros)} and ${formatUsd(availableMicros)} is available: ${formatUsd(shortfallMicros)} is missing. Add funds and try again.`,
    {
      amounts: {
        required_micros: Number(requiredMicros),
        available_micros: Number(availableMicros),
        shortfall_micros: Number(shortfallMicros),
      },
    },
  );
}

/** The prompt `sandbox:http=…` asked for this answer. */
function sandboxRefusal(answer: CreateJobAnswer, supportUrl: string): Refusal {
  if (answer.sandboxHttpStatus === 402) {
    return new Refusal(
      'insufficient_balance',
      'The sandbox refuses this job as your prompt asked: insufficient balance.',
    );
  }
  if (answer.sandboxHttpStatus === 429) return rateLimitExceeded(answer.retryAfterMs || 1_000, supportUrl);
  return new Refusal('capacity_exhausted', 'The sandbox refuses this job as your prompt asked: no capacity.', {
    retryAfterMs: answer.retryAfterMs || 1_000,
  });
}
