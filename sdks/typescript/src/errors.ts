import type { Video } from './types.ts';

/** Codes of the platform that this version knows; others may come and are errors all the same. */
export type KnownErrorCode =
  | 'invalid_request'
  | 'invalid_api_key'
  | 'invalid_credentials'
  | 'mfa_required'
  | 'signed_out'
  | 'insufficient_balance'
  | 'spend_cap_reached'
  | 'forbidden'
  | 'account_suspended'
  | 'job_not_found'
  | 'not_found'
  | 'method_not_allowed'
  | 'job_not_cancellable'
  | 'job_not_ended'
  | 'not_configured'
  | 'idempotency_in_progress'
  | 'quote_expired'
  | 'quote_mismatch'
  | 'video_expired'
  | 'cursor_expired'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'idempotency_key_reused'
  | 'rate_limit_exceeded'
  | 'queue_limit_exceeded'
  | 'request_header_too_large'
  | 'internal_error'
  | 'capacity_exhausted'
  | 'price_unavailable'
  | 'service_unavailable';

/** Codes of this client: what never reached an answer, or is no refusal of the platform. */
export type ClientErrorCode =
  | 'connection_error'
  | 'timeout'
  | 'aborted'
  | 'unexpected_response'
  | 'invalid_configuration'
  | 'video_not_completed'
  | 'webhook_header_missing'
  | 'webhook_timestamp_out_of_tolerance'
  | 'webhook_signature_mismatch';

// The intersection keeps completion in editors although any text is allowed.
export type ErrorCode = KnownErrorCode | ClientErrorCode | (string & {});

export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
}

interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly docUrl?: string | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly jobStatus?: string | undefined;
  readonly cause?: unknown;
}

/** Everything that this client throws. `code` says what went wrong; a refusal of the platform has `status` and `requestId` as well. */
export class USVideoError extends Error {
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The page that says what the code means and what to do. */
  readonly docUrl: string | undefined;
  /** All faults of a request at once, by field. */
  readonly details: readonly ErrorDetail[];
  /** How long the platform asks to wait. */
  readonly retryAfterMs: number | undefined;
  /** Of the job that could not be cancelled or erased. */
  readonly jobStatus: string | undefined;

  constructor({ code, message, status, requestId, docUrl, details = [], retryAfterMs, jobStatus, cause }: Problem) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.docUrl = docUrl;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
    this.jobStatus = jobStatus;
  }
}

/** The request is wrong: 400, 405, 413, 415, 416, 422, 431. */
export class InvalidRequestError extends USVideoError {}
/** 401: no key, or one that is unknown, revoked or expired. */
export class AuthenticationError extends USVideoError {}
/** 402: the balance, or a spend cap, does not allow it. */
export class PaymentRequiredError extends USVideoError {}
/** 403: the key lacks the scope, or the account is suspended. */
export class PermissionError extends USVideoError {}
/** 404. */
export class NotFoundError extends USVideoError {}
/** 409: the state of the job, quote or key forbids it. */
export class ConflictError extends USVideoError {}
/** 410: it was there once. */
export class GoneError extends USVideoError {}
/** 429: `retryAfterMs` says when. */
export class RateLimitError extends USVideoError {}
/** 5xx: nothing is wrong with the request. */
export class ServerError extends USVideoError {}
/** No answer came. */
export class ConnectionError extends USVideoError {}
/** None came in time. */
export class TimeoutError extends ConnectionError {}
/** A webhook that is not proven to come from the platform; answer it with 400. */
export class WebhookVerificationError extends USVideoError {}

/** `createAndWait` ended without a video: `job.error` says why a failed one failed. It cost nothing. */
export class VideoNotCompletedError extends USVideoError {
  readonly job: Video;

  constructor(job: Video) {
    const reason = job.error ? `${job.error.code}: ${job.error.message}` : job.status;
    super({ code: 'video_not_completed', message: `${job.id} was not completed (${reason})` });
    this.job = job;
  }
}

const BY_STATUS: Readonly<Record<number, typeof USVideoError>> = {
  401: AuthenticationError,
  402: PaymentRequiredError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  429: RateLimitError,
};

/** Of an answer of 4xx or 5xx; what is no envelope of the platform, such as a page of a proxy, is `unexpected_response`. */
export function errorOf(status: number, headers: Headers, text: string): USVideoError {
  const body = parse(text);
  const problem: Problem = {
    code: typeof body.error === 'string' ? body.error : 'unexpected_response',
    message:
      typeof body.message === 'string'
        ? body.message
        : `The answer was ${status} and not of the platform's form: ${text.slice(0, 200)}`,
    status,
    requestId: headers.get('x-request-id') ?? (typeof body.request_id === 'string' ? body.request_id : undefined),
    docUrl: typeof body.doc_url === 'string' ? body.doc_url : undefined,
    details: Array.isArray(body.details) ? (body.details as ErrorDetail[]) : [],
    retryAfterMs: retryAfterMs(headers),
    jobStatus: typeof body.status === 'string' ? body.status : undefined,
  };
  return new (BY_STATUS[status] ?? (status >= 500 ? ServerError : InvalidRequestError))(problem);
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `retry-after-ms`, else `Retry-After` in seconds or as a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const ms = headers.get('retry-after-ms');
  if (ms !== null && /^\d+$/.test(ms)) return Number(ms);
  const after = headers.get('retry-after');
  if (after === null) return undefined;
  if (/^\d+$/.test(after)) return Number(after) * 1_000;
  const at = Date.parse(after);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
