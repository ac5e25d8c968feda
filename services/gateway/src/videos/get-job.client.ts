import type { GetJobRequest, GetJobResponse } from '@usvideo/contracts/scheduler';
import { jobNotFound, serviceUnavailable } from '../refusals/refusal';
import type { Peers } from '../peers/peers.client';

const ANSWER_WITHIN_MS = 5_000;

/** Reads a job beside the rate checks of the same tick, in one frame. @throws Refusal job_not_found also for a job of somebody else. */
export async function getJob(exchange: Peers['exchange'], request: GetJobRequest): Promise<GetJobResponse> {
  const { answer } = await exchange.request({ call: { $case: 'getJob', value: request } }, ANSWER_WITHIN_MS);
  if (answer?.$case !== 'getJob') throw serviceUnavailable();
  if (answer.value.jobJson === '') throw jobNotFound();
  return answer.value;
}
