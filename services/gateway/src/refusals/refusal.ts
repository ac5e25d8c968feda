/** Every error a customer can see, and its HTTP status: the one table where a refusal meets the wire. */
export const STATUS_OF = {
  invalid_request: 400,
  invalid_api_key: 401,
  invalid_credentials: 401,
  mfa_required: 401,
  signed_out: 401,
  insufficient_balance: 402,
  spend_cap_reached: 402,
  forbidden: 403,
  account_suspended: 403,
  job_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  job_not_cancellable: 409,
  job_not_ended: 409,
  not_configured: 409,
  idempotency_in_progress: 409,
  quote_expired: 409,
  quote_mismatch: 409,
  video_expired: 410,
  cursor_expired: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  idempotency_key_reused: 422,
  rate_limit_exceeded: 429,
  queue_limit_exceeded: 429,
  request_header_too_large: 431,
  internal_error: 500,
  capacity_exhausted: 503,
  price_unavailable: 503,
  service_unavailable: 503,
} as const satisfies Record<string, number>;

export type RefusalCode = keyof typeof STATUS_OF;

export interface FaultDetail {
  readonly field: string;
  readonly message: string;
}

export interface RefusalExtras {
  readonly details?: readonly FaultDetail[];
  /** Answered as `Retry-After` (seconds, rounded up) and `retry-after-ms`. */
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The job's status, where the refusal depends on it. */
  readonly status?: string;
  /** In micro-dollars, where money is missing. */
  readonly amounts?: {
    readonly required_micros: number;
    readonly available_micros: number;
    readonly shortfall_micros: number;
  };
}

/** A request that is refused by a named rule. Its message is written for the customer and never names anything internal. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly extras: RefusalExtras = {},
  ) {
    super(message);
  }

  get httpStatus(): number {
    return STATUS_OF[this.code];
  }
}

const FAULTS_MAX = 50;

/** All faults of one request at once. */
export function invalidRequest(details: readonly FaultDetail[]): Refusal {
  const shown = details.slice(0, FAULTS_MAX);
  return new Refusal('invalid_request', shown.map((fault) => `${fault.field}: ${fault.message}`).join('; '), {
    details: shown,
  });
}

const FAULT_OF_PEER = /^([a-z][a-z0-9_]*) ((?:must|may|is|are) .{1,200})$/;

/** What a service refused although the gateway let it through: its sentences when they name a field, and never anything else of it. */
export function refusedValue(details: unknown): Refusal {
  const faults = String(details ?? '')
    .split('\n')
    .map((sentence) => FAULT_OF_PEER.exec(sentence));
  const named = faults.flatMap((fault) => (fault ? [{ field: fault[1]!, message: fault[2]! }] : []));
  if (named.length === faults.length) return invalidRequest(named);
  return new Refusal('invalid_request', 'The request holds a value that is not accepted.');
}

/** What the operator of this installation has not set up. */
export function notConfigured(what: string, settings: string): Refusal {
  return new Refusal('not_configured', `${what}: the operator of this installation has not set ${settings}.`);
}

export function lettersUnset(): Refusal {
  return notConfigured('No letter can be sent', 'MAIL_URL and SECRETS_KEY');
}

/** Another account's job, one of the other environment and one that never was read the same. */
export function jobNotFound(): Refusal {
  return new Refusal('job_not_found', 'There is no job with this id.');
}

export function videoExpired(): Refusal {
  return new Refusal(
    'video_expired',
    'This link has expired or its file was deleted. Get the job again for a new link.',
  );
}

const WAIT_BEFORE_RETRY_MS = 1_000;

export function serviceUnavailable(retryAfterMs = WAIT_BEFORE_RETRY_MS): Refusal {
  return new Refusal('service_unavailable', 'The service cannot answer at the moment. Please try again shortly.', {
    retryAfterMs,
  });
}

export interface ErrorBody extends Partial<NonNullable<RefusalExtras['amounts']>> {
  readonly error: RefusalCode;
  readonly message: string;
  readonly request_id: string;
  /** The page that says what the code means and what to do. */
  readonly doc_url: string;
  readonly status?: string;
  readonly details?: readonly FaultDetail[];
}

/** `docsUrl` is where the pages of the codes are, without a slash at its end. */
export function errorBody(refusal: Refusal, requestId: string, docsUrl: string): ErrorBody {
  const { details, status, amounts } = refusal.extras;
  return {
    error: refusal.code,
    message: refusal.message,
    request_id: requestId,
    doc_url: `${docsUrl}/${refusal.code}`,
    ...(status === undefined ? {} : { status }),
    ...amounts,
    ...(details === undefined ? {} : { details }),
  };
}

/** `Retry-After` is whole seconds, rounded up, so that a client that obeys it is never early. */
export function retryHeaders(retryAfterMs: number): Record<string, string> {
  const waitMs = Math.max(1, Math.ceil(retryAfterMs));
  return { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) };
}
