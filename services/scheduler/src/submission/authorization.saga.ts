import type { PlaceHoldAnswer } from '@usvideo/contracts/ledger';
import type { Logger } from '@usvideo/runtime';
import type { CreateRefusal } from './refusal';
import type { LedgerPort } from '../settlement/ledger.client';
import type { PriceList } from '../catalogue/price-list.store';
import type { Submission } from './submission-closer.sql';

export type Authorized =
  | { readonly kind: 'authorized'; readonly amountMicros: bigint }
  /** Answered: no hold exists and none can come to exist. */
  | { readonly kind: 'refused'; readonly refusal: CreateRefusal; readonly amounts?: { readonly requiredMicros: bigint; readonly availableMicros: bigint } }
  | { readonly kind: 'unknown'; readonly holdMayExist: boolean };

/** What is to be paid for, and the quote that the customer holds for it. */
export interface Purchase extends Omit<Submission, 'estimatedCostMicros'> {
  readonly quoteId: string | undefined;
}

/** Asks exactly once: whatever is not an answer may be a hold, and is voided and never asked again. */
export class Authorization {
  constructor(private readonly ledger: LedgerPort, private readonly prices: PriceList, private readonly logger: Logger) {}

  async ask(submission: Purchase, timeoutMs: number): Promise<Authorized> {
    const live = submission.environment === 'live';
    try {
      return live ? await this.placeHold(submission, timeoutMs) : await this.price(submission, timeoutMs);
    } catch (error) {
      this.logger.warn({ err: error, job_id: submission.jobId }, 'the ledger did not answer');
      return { kind: 'unknown', holdMayExist: live };
    }
  }

  private async placeHold({ accountId, jobId, apiKeyId, terms, quoteId }: Purchase, timeoutMs: number): Promise<Authorized> {
    const { model, resolution, durationSeconds } = terms;
    const answer = await this.ledger.placeHold({ accountId, jobId, apiKeyId, model, resolution, durationSeconds, quoteId }, Math.max(1, timeoutMs));
    if (answer.refusal !== 'insufficient_balance') return authorizedBy(answer);
    return authorizedBy({ ...answer, amountMicros: answer.amountMicros || await this.missed({ accountId, terms, quoteId }, timeoutMs) });
  }

  /** What was too much for the balance, for the one who is told; the refusal stands whether or not it can be found. */
  private async missed({ accountId, terms, quoteId }: Pick<Purchase, 'accountId' | 'terms' | 'quoteId'>, timeoutMs: number): Promise<bigint> {
    const { model, resolution, durationSeconds } = terms;
    const price = quoteId === undefined
      ? this.prices.priceMicros(terms)
      : this.ledger.verifyQuote({ accountId, quoteId, model, resolution, durationSeconds }, Math.max(1, timeoutMs)).then((quote) => quote.amountMicros);
    return await price.catch(() => undefined) ?? 0n;
  }

  /** A test job has no hold, but a quote binds it like any other. */
  private async price({ accountId, terms, quoteId }: Purchase, timeoutMs: number): Promise<Authorized> {
    if (quoteId !== undefined) {
      const { model, resolution, durationSeconds } = terms;
      return authorizedBy(await this.ledger.verifyQuote({ accountId, quoteId, model, resolution, durationSeconds }, Math.max(1, timeoutMs)));
    }
    const amountMicros = await this.prices.priceMicros(terms);
    return amountMicros === undefined ? { kind: 'refused', refusal: 'price_unavailable' } : { kind: 'authorized', amountMicros };
  }
}

function authorizedBy({ refusal, amountMicros, availableMicros }: Pick<PlaceHoldAnswer, 'refusal' | 'amountMicros' | 'availableMicros'>): Authorized {
  switch (refusal) {
    case '': return { kind: 'authorized', amountMicros };
    case 'insufficient_balance': return { kind: 'refused', refusal, amounts: { requiredMicros: amountMicros, availableMicros } };
    case 'spend_cap_reached': case 'price_unavailable': case 'quote_expired': case 'quote_mismatch': return { kind: 'refused', refusal };
    // hold_voided, hold_conflict, or a rule this release does not know: not what a job id drawn a moment ago can meet.
    default: return { kind: 'unknown', holdMayExist: true };
  }
}
