/**
 * Why an attempt failed, as the customer will read it: the code is published with its billing rule.
 * Retryable when another attempt, perhaps on another machine, may succeed.
 */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';

  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function firstFrameInvalid(message: string, cause?: unknown): AttemptFailure {
  return new AttemptFailure('first_frame_invalid', message, false, { cause });
}

export function firstFrameUnreachable(message: string): AttemptFailure {
  return new AttemptFailure('first_frame_unreachable', message, false);
}

export function engineError(message: string, cause?: unknown): AttemptFailure {
  return new AttemptFailure('engine_error', message, true, { cause });
}
