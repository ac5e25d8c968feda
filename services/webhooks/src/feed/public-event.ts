/** Which events of the jobs topic customers hear of, under which name. */
const PUBLIC_NAMES: ReadonlyMap<string, string> = new Map([
  ['job_completed', 'video.completed'],
  ['job_failed', 'video.failed'],
  ['job_cancelled', 'video.cancelled'],
]);

/** Kinds that are known and say nothing to customers. */
const PRIVATE_KINDS: ReadonlySet<string> = new Set(['job_submitted', 'job_leased', 'rendering_started', 'job_requeued', 'stale_outcome_recorded']);

export type Meaning =
  | { readonly type: 'public'; readonly name: string }
  | { readonly type: 'erased' }
  | { readonly type: 'private' }
  | { readonly type: 'unknown' };

export function meaningOf(kind: string): Meaning {
  const name = PUBLIC_NAMES.get(kind);
  if (name !== undefined) return { type: 'public', name };
  if (kind === 'content_erased') return { type: 'erased' };
  return { type: PRIVATE_KINDS.has(kind) ? 'private' : 'unknown' };
}

/** The job object with `event` before its fields, which stay byte for byte as the scheduler rendered them. */
export function webhookBody(event: string, jobJson: string): string {
  if (!jobJson.startsWith('{"')) throw new Error('a job object is JSON with at least one field');
  return `{"event":${JSON.stringify(event)},${jobJson.slice(1)}`;
}

/** A job's webhook waits this long for its money to settle, so that the balance agrees with what the webhook says. */
export const SETTLEMENT_WAIT_MS = 1_000;

export function mayRender(job: { settled: boolean }, recordedAt: Date, now: Date): boolean {
  return job.settled || now.getTime() >= recordedAt.getTime() + SETTLEMENT_WAIT_MS;
}
