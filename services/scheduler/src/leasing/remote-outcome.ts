import { heldAttempt, isEnded, type JobState } from '../job/job';

/** What became of an attempt of a hosted engine: taken back before it began to render, or sold. */
export interface RemoteOutcome {
  readonly leasedAt: Date;
  readonly returnedMicros: bigint;
  readonly chargedMicros: bigint;
}

/** From the point of no return on the engine may have been asked, so that its cost counts however the attempt ends. */
export function remoteOutcomeOf(before: JobState, after: JobState): RemoteOutcome | undefined {
  const held = heldAttempt(before);
  if (held?.remoteCostMicros === undefined || heldAttempt(after) !== undefined) return undefined;
  const sold = isEnded(after) && after.verdict !== undefined ? after.verdict.chargedMicros : 0n;
  if (before.name === 'rendering' && sold === 0n) return undefined;
  return {
    leasedAt: held.startedAt,
    returnedMicros: before.name === 'leased' ? BigInt(held.remoteCostMicros) : 0n,
    chargedMicros: sold,
  };
}
