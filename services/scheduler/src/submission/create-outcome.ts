import type { CreateJobAnswer } from '@usvideo/contracts/scheduler';
import type { CreateRefusal } from './refusal';

/** What the caller learns, the state of its rate apart. */
export type CreateOutcome = Omit<CreateJobAnswer, 'rate'>;

export function refusal(reason: CreateRefusal | '', details: Partial<CreateOutcome> = {}): CreateOutcome {
  return {
    refusal: reason,
    jobJson: '',
    jobId: '',
    replayed: false,
    retryAfterMs: 0,
    requiredMicros: 0n,
    availableMicros: 0n,
    sandboxHttpStatus: 0,
    ...details,
  };
}
