import { bookOf } from '@usvideo/contracts/books';
import { LedgerRefusal, type PlaceHoldAnswer } from '@usvideo/contracts/ledger';
import { refusalIn } from '@usvideo/contracts/names';
import type { Logger } from '@usvideo/runtime';
import type { CreateRefusal } from './create-outcome';
import type { LedgerPort } from '../settlement/ledger.client';
import type { Submission } from './submission-closer.sql';

export type Authorized =
  | { readonly kind: 'authorized'; readonly amountMicros: bigint }
  /** Answered: no hold exists and none can come to exist. */
  | {
      readonly kind: 'refused';
      readonly refusal: CreateRefusal;
      readonly amounts?: { readonly requiredMicros: bigint; readonly availableMicros: bigint };
    }
  /** A hold may exist. */
  | { readonly kind: 'unknown' };

/** What is to be paid for, and the quote that the customer holds for it. */
export interface Purchase extends Omit<Submission, 'estimatedCostMicros'> {
  readonly quoteId: string | undefined;
}

/** Asks exactly once: whatever is not an answer may be a hold, and is voided and never asked again. */
export class Authorization {
  constructor(
    private readonly ledger: Pick<LedgerPort, 'placeHold'>,
    private readonly logger: Logger,
  ) {}

  async ask(
    { accountId, environment, jobId, apiKeyId, terms, quoteId }: Purchase,
    timeoutMs: number,
  ): Promise<Authorized> {
    const { model, resolution, durationSeconds } = terms;
    try {
      const hold = {
        accountId: bookOf(accountId, environment),
        jobId,
        apiKeyId,
        model,
        resolution,
        durationSeconds,
        quoteId,
      };
      return authorizedBy(await this.ledger.placeHold(hold, Math.max(1, timeoutMs)));
    } catch (error) {
      this.logger.warn({ err: error, job_id: jobId }, 'the ledger did not answer');
      return { kind: 'unknown' };
    }
  }
}

function authorizedBy(answer: PlaceHoldAnswer): Authorized {
  const { amountMicros, availableMicros } = answer;
  const refusal = refusalIn(LedgerRefusal, answer);
  switch (refusal) {
    case undefined:
      return { kind: 'authorized', amountMicros };
    case 'insufficient_balance':
      return { kind: 'refused', refusal, amounts: { requiredMicros: amountMicros, availableMicros } };
    case 'spend_cap_reached':
    case 'price_unavailable':
    case 'quote_expired':
    case 'quote_mismatch':
      return { kind: 'refused', refusal };
    // hold_voided, hold_conflict, or a rule this release does not know: not what a job id drawn a moment ago can meet.
    default:
      return { kind: 'unknown' };
  }
}
