import type { Verdict } from '@usvideo/contracts/scheduler';
import type { JobState } from './job';

/** Only `completed` is charged, with the whole hold; everything else releases it. Test jobs have no hold. */
export function verdictOf(job: Pick<JobState, 'environment' | 'estimatedCostMicros'>, rule: string): Verdict {
  if (job.environment === 'test') return { chargedMicros: 0n, releasedMicros: 0n, rule };
  return rule === 'completed'
    ? { chargedMicros: job.estimatedCostMicros, releasedMicros: 0n, rule }
    : { chargedMicros: 0n, releasedMicros: job.estimatedCostMicros, rule };
}
