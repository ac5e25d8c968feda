import type { JobDescription, SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { call, hasStatus, status } from '@usvideo/runtime';

const DEADLINE_MS = 5_000;

export interface Described {
  readonly jobs: readonly JobDescription[];
  /** Did not fit into an answer: to be asked for again at once. */
  readonly postponed: readonly string[];
  /** Cannot be described, each by itself, and why. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/**
 * Asks the scheduler for jobs. An answer that is too large, or a job that cannot be described, fails alone: the question is halved
 * down to it, so that its neighbours in the batch are told.
 * @throws when the scheduler does not answer: nothing is known of any of these jobs
 */
export async function describeJobs(scheduler: SchedulerServiceClient, jobIds: readonly string[]): Promise<Described> {
  try {
    const { jobs, postponedJobIds } = await call(
      scheduler,
      'describeJobs',
      { jobIds: [...jobIds] },
      { deadlineMs: DEADLINE_MS },
    );
    return { jobs, postponed: postponedJobIds, failed: new Map() };
  } catch (error) {
    if (!isOfTheJobs(error)) throw error;
    if (jobIds.length === 1) return { jobs: [], postponed: [], failed: new Map([[jobIds[0]!, error]]) };
    const middle = Math.ceil(jobIds.length / 2);
    const first = await describeJobs(scheduler, jobIds.slice(0, middle));
    const second = await describeJobs(scheduler, jobIds.slice(middle));
    return {
      jobs: [...first.jobs, ...second.jobs],
      postponed: [...first.postponed, ...second.postponed],
      failed: new Map([...first.failed, ...second.failed]),
    };
  }
}

/** The answer says something about what was asked for, not about the scheduler's own state. */
function isOfTheJobs(error: unknown): boolean {
  return [status.RESOURCE_EXHAUSTED, status.INTERNAL, status.UNKNOWN].some((code) => hasStatus(error, code));
}
