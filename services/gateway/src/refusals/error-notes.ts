import type { RefusalCode } from './refusal';

/** What a client does next: the same again later, another request, or nothing before somebody has acted. */
export type Remedy = 'retry' | 'change' | 'act';

export interface ErrorNote {
  readonly title: string;
  readonly means: string;
  readonly do: string;
  readonly remedy: Remedy;
}

/** The text of the page of each code, `/docs/errors/<code>`. */
export const ERROR_NOTES: Readonly<Record<RefusalCode, ErrorNote>> = {
  invalid_request: {
    title: 'The request breaks a rule',
    remedy: 'change',
    means:
      'A field, a query parameter or a header is missing, unknown or out of its range. `details` lists all faults at once, each with its `field` and the rule.',
    do: 'Correct the fields that `details` names. Nothing was stored and nothing was held, so the corrected request may carry the same Idempotency-Key.',
  },
  invalid_api_key: {
    title: 'No valid key',
    remedy: 'act',
    means:
      'The request carries no key, or one that is unknown, revoked or expired. A revoked key stops working within five seconds.',
    do: 'Send `Authorization: Bearer usv_…`. A key that is lost cannot be shown again: make a new one in the dashboard under API keys.',
  },
  invalid_credentials: {
    title: 'Wrong address, password or code',
    remedy: 'change',
    means:
      'Address and password do not belong together, or the code of the second factor is wrong or used. The answer is the same whether or not somebody has the address.',
    do: 'Try again, or ask for a letter to choose a new password. Attempts are slowed down, by person and by address.',
  },
  mfa_required: {
    title: 'A second factor is needed',
    remedy: 'change',
    means: 'The password is right, and the account asks for a code of the authenticator as well.',
    do: 'Send the same request with `totp`, the six digits that the authenticator shows.',
  },
  signed_out: {
    title: 'Nobody is signed in',
    remedy: 'act',
    means:
      'The operation belongs to a signed-in person, and the session cookie is missing, has ended, or was ended by a password change.',
    do: 'Sign in again. Programs use an API key, and the operations that take one.',
  },
  insufficient_balance: {
    title: 'The balance does not cover the price',
    remedy: 'act',
    means:
      'A job holds its whole price before it is accepted. What is available, after everything held by other jobs, is less than this job costs; the message names both amounts.',
    do: 'Add funds, choose a shorter or smaller video, or wait for held jobs to end. Nothing was charged or held for this request.',
  },
  spend_cap_reached: {
    title: 'A monthly cap would be passed',
    remedy: 'act',
    means:
      'The account, or the key, has a cap on what a UTC month may cost. What was spent and what is held, with this job, would pass it.',
    do: 'Raise or remove the cap (`PUT /v1/spend-caps`, or Billing in the dashboard), or wait for the next month. Nothing was held.',
  },
  forbidden: {
    title: 'Not allowed',
    remedy: 'act',
    means:
      'The key lacks the scope that the operation needs, the environment is the wrong one, the role of the member does not allow it, or the CSRF token is missing. The message says which.',
    do: 'Use a key with that scope. A key never gives away more than it may do itself.',
  },
  account_suspended: {
    title: 'The account is suspended',
    remedy: 'act',
    means: 'An operator has suspended the account. Running jobs end and are delivered; nothing new is accepted.',
    do: 'Write to the operator of the platform, with the request id.',
  },
  job_not_found: {
    title: 'No such job',
    remedy: 'change',
    means:
      'There is no job with this id in the account and environment of the key. A job of another account, one of the other environment and one that never was read the same.',
    do: 'Check the id, and that a live key asks for live jobs and a test key for test jobs.',
  },
  not_found: {
    title: 'Nothing here',
    remedy: 'change',
    means: 'There is nothing at this path, or no object with this id in the account and environment of the key.',
    do: 'Check the path and the id against the reference.',
  },
  method_not_allowed: {
    title: 'The path has other methods',
    remedy: 'change',
    means: 'The path exists, and not with this method. The header `Allow` lists those that it has.',
    do: 'Use a method of `Allow`.',
  },
  job_not_cancellable: {
    title: 'Rendering has started, or the job has ended',
    remedy: 'change',
    means:
      'A job can be cancelled until its rendering starts; `status` in the answer says how far it is. Cancelling a cancelled job again is no error.',
    do: 'Let it end. A video that completes is charged; one that fails is not.',
  },
  job_not_ended: {
    title: 'The job still runs',
    remedy: 'retry',
    means: 'Content can be erased when the job has ended, and this one has not.',
    do: 'Cancel it or wait for its end, then erase.',
  },
  not_configured: {
    title: 'This installation does not offer it',
    remedy: 'act',
    means:
      'The operation needs something that the operator of this installation has not set up, such as a mail server. The message names the setting.',
    do: 'Ask the operator to set it. The same request is then accepted; until then it will not be.',
  },
  idempotency_in_progress: {
    title: 'The first request with this key is still at work',
    remedy: 'retry',
    means: 'Another request with the same Idempotency-Key has not been answered yet.',
    do: 'Wait a second and send the same request again: it answers the job that the first one made.',
  },
  quote_expired: {
    title: 'The quote has expired',
    remedy: 'change',
    means: 'A quote locks its price for a while, and the time is over.',
    do: 'Ask for a new quote (`POST /v1/quotes`). Nothing was held.',
  },
  quote_mismatch: {
    title: 'The quote is for something else',
    remedy: 'change',
    means:
      'The quote is unknown here, belongs to another account or environment, or was made for another model, resolution or duration.',
    do: 'Send the create with the very fields that were quoted, or ask for a new quote.',
  },
  video_expired: {
    title: 'The link or the file is gone',
    remedy: 'change',
    means:
      'A link to a file ends after a while, and files are deleted after the retention time or when their content is erased.',
    do: 'Get the job again: it has a fresh link as long as the file exists.',
  },
  cursor_expired: {
    title: 'The feed no longer reaches back so far',
    remedy: 'change',
    means: 'The feed keeps thirty days, and the cursor is older.',
    do: 'Read your jobs by `GET /v1/videos`, then follow the feed from its present end.',
  },
  payload_too_large: {
    title: 'The body is too large',
    remedy: 'change',
    means:
      'The body is larger than the operation takes: 16 MiB where a first frame may be part of it, 64 KiB elsewhere.',
    do: 'Send a smaller picture (10 MiB at most), or its https URL.',
  },
  unsupported_media_type: {
    title: 'The body is no JSON',
    remedy: 'change',
    means:
      'Bodies are JSON in UTF-8, and this one says that it is something else, or has an encoding that is not taken.',
    do: 'Send `Content-Type: application/json`.',
  },
  range_not_satisfiable: {
    title: 'The file has no such bytes',
    remedy: 'change',
    means: 'The Range begins after the end of the file. `Content-Range` says how long it is.',
    do: 'Ask for a range within it.',
  },
  idempotency_key_reused: {
    title: 'The key belongs to another request',
    remedy: 'change',
    means: 'The same Idempotency-Key came before with another body. Which of the two was meant is not guessed.',
    do: 'Use a new key for every new order, and the same key only to repeat the very same one.',
  },
  rate_limit_exceeded: {
    title: 'Too many requests',
    remedy: 'retry',
    means:
      'The account, or the address, has used its requests of this minute. `X-RateLimit-*` say how many there are and when they are back.',
    do: 'Wait as long as `Retry-After` (or `retry-after-ms`) says, and send the same request again. The SDKs do it by themselves.',
  },
  queue_limit_exceeded: {
    title: 'Too many jobs wait',
    remedy: 'retry',
    means:
      'As many jobs wait for a worker as the account may have in its queue. Jobs over the number rendered at a time are no error: they wait as pending.',
    do: 'Wait for jobs to end, or ask the operator for a longer queue. Nothing was held. For redeliveries of webhooks it means that ten thousand wait already.',
  },
  request_header_too_large: {
    title: 'The headers are too large',
    remedy: 'change',
    means: 'The headers together are larger than the platform reads.',
    do: 'Leave out what the API does not ask for, such as cookies of other sites.',
  },
  internal_error: {
    title: 'Our fault',
    remedy: 'retry',
    means: 'Something failed that should not. It is recorded under the request id.',
    do: 'Repeat the request with the same Idempotency-Key: if the first one did make a job, that one is answered. If it lasts, tell us the request id.',
  },
  capacity_exhausted: {
    title: 'The fleet is full',
    remedy: 'retry',
    means:
      'With what waits already, the job would wait longer than the operator lets anyone wait. A job is refused rather than accepted and late.',
    do: 'Try again after `Retry-After`. Nothing was held.',
  },
  price_unavailable: {
    title: 'No price at the moment',
    remedy: 'retry',
    means:
      'Nothing is accepted without a price, and the price of this model and resolution cannot be told at the moment.',
    do: 'Try again shortly; if it lasts, the model or the resolution may be on its way out: `GET /v1/models`.',
  },
  service_unavailable: {
    title: 'A part of the platform is away',
    remedy: 'retry',
    means:
      'A part that the answer needs does not answer. Whether a create was carried out may be unknown at that moment.',
    do: 'Repeat the request with the same Idempotency-Key after `Retry-After`: a job is never made twice, nor charged twice.',
  },
};
