import { nameOf } from '@usvideo/contracts/names';
import { type JobDescription, JobStatus } from '@usvideo/contracts/scheduler';
/** Which kinds of the jobs topic customers hear of, under which name. */
const PUBLIC_NAMES: ReadonlyMap<string, string> = new Map([
  ['job_completed', 'video.completed'],
  ['job_failed', 'video.failed'],
]);

/** Kinds that are known and say nothing to customers. */
const PRIVATE_KINDS: ReadonlySet<string> = new Set([
  'job_submitted',
  'rendering_started',
  'job_requeued',
  'stale_outcome_recorded',
]);

export interface PublicEvent {
  readonly name: string;
  /** Whether the job's own URL hears of it, beside the endpoints that ask. */
  readonly tellsUrl: boolean;
}

export type Meaning =
  | { readonly type: 'public'; readonly name: string }
  | { readonly type: 'begun'; readonly name: string }
  | { readonly type: 'cancelled'; readonly name: string }
  | { readonly type: 'erased' }
  | { readonly type: 'private' }
  | { readonly type: 'unknown' };

export function meaningOf(kind: string): Meaning {
  const name = PUBLIC_NAMES.get(kind);
  if (name !== undefined) return { type: 'public', name };
  if (kind === 'job_cancelled') return { type: 'cancelled', name: 'video.cancelled' };
  if (kind === 'job_leased') return { type: 'begun', name: 'video.processing' };
  if (kind === 'content_erased') return { type: 'erased' };
  return { type: PRIVATE_KINDS.has(kind) ? 'private' : 'unknown' };
}

/** The job object with `event` before its fields, which stay byte for byte as the scheduler rendered them. */
export function webhookBody(event: string, jobJson: string): string {
  if (!jobJson.startsWith('{"')) throw new Error('a job object is JSON with at least one field');
  return `{"event":${JSON.stringify(event)},${jobJson.slice(1)}`;
}

/** What is told of anything but a job. */
export function ownBody(
  event: { readonly event: string; readonly eventId: string; readonly recordedAt: Date; readonly environment: string },
  data: object,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      event: event.event,
      event_id: event.eventId,
      created_at: event.recordedAt,
      livemode: event.environment === 'live',
      data,
    }),
    'utf8',
  );
}

/** A job's webhook waits this long for its money to settle, so that the balance agrees with what the webhook says. */
export const SETTLEMENT_WAIT_MS = 1_000;

/** What is told of a job under way has nothing to settle. */
export function mayRender(
  job: Pick<JobDescription, 'status' | 'statusKind' | 'settled'>,
  recordedAt: Date,
  now: Date,
): boolean {
  const status = nameOf(JobStatus, job.statusKind, job.status);
  return (
    job.settled ||
    status === 'pending' ||
    status === 'processing' ||
    now.getTime() >= recordedAt.getTime() + SETTLEMENT_WAIT_MS
  );
}
