import type { CreateJob, CreateJobAnswer } from '@usvideo/contracts/scheduler';
import { serviceUnavailable } from '../refusals/refusal';
import type { Peers } from '../peers/peers.client';

/** The saga has five seconds and a duplicate waits five for the first; the rest is for the way. */
const ANSWER_WITHIN_MS = 11_000;

/** Asks for a job. @throws Refusal service_unavailable when the outcome is unknown: the customer asks again under the same key. */
export async function createJob(exchange: Peers['exchange'], order: CreateJob): Promise<CreateJobAnswer> {
  const answered = await exchange
    .request({ call: { $case: 'createJob', value: order } }, ANSWER_WITHIN_MS)
    .catch(() => undefined);
  if (answered?.answer?.$case !== 'createJob') throw serviceUnavailable();
  return answered.answer.value;
}
