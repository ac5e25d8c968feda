import type { Verdict } from '@usvideo/contracts/scheduler';

/** Only `completed` is charged, with the whole hold; everything else releases it. */
export function verdictOf(job: { readonly estimatedCostMicros: bigint }, rule: string): Verdict {
  return rule === 'completed'
    ? { chargedMicros: job.estimatedCostMicros, releasedMicros: 0n, rule }
    : { chargedMicros: 0n, releasedMicros: job.estimatedCostMicros, rule };
}
