import { type LedgerAnswer, type LedgerCall, LedgerRefusal, type PlaceHoldAnswer } from '@usvideo/contracts/ledger';
import { refusedAs } from '@usvideo/contracts/names';
import type { Outcome } from '../account/batch';
import type { LedgerWriter } from '../posting/ledger-writer.service';
import type { QuoteTokens } from '../prices/quote-tokens';

type Answer = NonNullable<LedgerAnswer['answer']>;

/** Carries out one call of the hot path. A rejection becomes a `fault`: the outcome is unknown, the caller asks again. */
export async function answerCall(
  writer: LedgerWriter,
  quotes: QuoteTokens,
  { call }: LedgerCall,
): Promise<{ answer: Answer }> {
  if (call === undefined) throw new Error('the call holds no command that this version knows');
  requireIds(call.value);
  switch (call.$case) {
    case 'placeHold': {
      const { accountId, jobId, apiKeyId, model, resolution, durationSeconds, quoteId = '' } = call.value;
      const terms = { apiKeyId, model, resolution, durationSeconds };
      const outcome = await writer.submit({
        type: 'PlaceHold',
        accountId,
        jobId,
        terms,
        ...(quoteId === '' ? {} : { quote: quotes.read(quoteId) }),
      });
      return { answer: { $case: 'placeHold', value: placeHoldAnswer(outcome) } };
    }
    case 'voidHold': {
      const { accountId, jobId } = call.value;
      const { refusal } = await writer.submit({ type: 'VoidHold', accountId, jobId });
      return { answer: { $case: 'voidHold', value: refusedAs(LedgerRefusal, refusal) } };
    }
    case 'settle': {
      const { accountId, jobId, chargedMicros, releasedMicros, rule } = call.value;
      const { refusal } = await writer.submit({
        type: 'Settle',
        accountId,
        jobId,
        chargedMicros,
        releasedMicros,
        rule,
      });
      return { answer: { $case: 'settle', value: refusedAs(LedgerRefusal, refusal) } };
    }
  }
}

function placeHoldAnswer({ refusal, state }: Outcome): PlaceHoldAnswer {
  const amountMicros = refusal === undefined ? (state.hold?.amountMicros ?? 0n) : 0n;
  return { ...refusedAs(LedgerRefusal, refusal), amountMicros, availableMicros: state.availableMicros };
}

/** An empty id would make strangers share a stream or a hold. */
function requireIds({ accountId, jobId }: { accountId: string; jobId: string }): void {
  if (accountId === '' || jobId === '') throw new Error('account_id and job_id are required');
}
