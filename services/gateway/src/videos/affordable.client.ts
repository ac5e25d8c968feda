import { refusedAs } from '@usvideo/contracts/names';
import { type CreateJob, type CreateJobAnswer, CreateRefusal } from '@usvideo/contracts/scheduler';
import { call } from '@usvideo/runtime';
import type { Caller } from '../identity/caller';
import type { Peers } from '../peers/peers.client';

const ANSWER_WITHIN_MS = 1_000;

/**
 * The refusal that an order would meet at the ledger, found without holding anything; undefined when the money is there, or when
 * nobody can tell: the order itself is judged in any case.
 */
export async function shortfallOf(
  peers: Peers,
  caller: Caller,
  order: CreateJob,
): Promise<CreateJobAnswer | undefined> {
  if (caller.environment !== 'live') return undefined;
  const { accountId } = caller;
  const asked = Promise.all([
    call(peers.ledger, 'getBalance', { accountId }, { deadlineMs: ANSWER_WITHIN_MS }),
    priceOf(peers, accountId, order),
  ]);
  const answered = await asked.catch(() => undefined);
  if (answered === undefined) return undefined;
  const [{ availableMicros }, requiredMicros] = answered;
  if (availableMicros >= requiredMicros) return undefined;
  return {
    ...refusedAs(CreateRefusal, 'insufficient_balance'),
    requiredMicros,
    availableMicros,
    jobJson: '',
    jobId: '',
    replayed: false,
    rate: undefined,
    retryAfterMs: 0,
    sandboxHttpStatus: 0,
  };
}

async function priceOf(peers: Peers, accountId: string, { terms }: CreateJob): Promise<bigint> {
  const { modelId } = await call(peers.scheduler, 'chooseModel', { terms: terms! }, { deadlineMs: ANSWER_WITHIN_MS });
  const { resolution, durationSeconds } = terms!;
  const { quote } = await call(
    peers.ledger,
    'createQuote',
    { accountId, model: modelId, resolution, durationSeconds },
    { deadlineMs: ANSWER_WITHIN_MS },
  );
  return quote?.amountMicros ?? 0n;
}
