import { type NameOf, refusedAs } from '@usvideo/contracts/names';
import { CreateRefusal as CreateRefusals, type CreateJobAnswer } from '@usvideo/contracts/scheduler';

export type CreateRefusal = NameOf<typeof CreateRefusals>;

/** What the caller learns, the state of its rate apart. */
export type CreateOutcome = Omit<CreateJobAnswer, 'rate'>;

export function refusal(reason: CreateRefusal | undefined, details: Partial<CreateOutcome> = {}): CreateOutcome {
  return {
    ...refusedAs(CreateRefusals, reason),
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
