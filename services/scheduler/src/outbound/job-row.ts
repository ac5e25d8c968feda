import { Content, type Artifact } from '@usvideo/contracts/scheduler';
import type { StreamHead } from '@usvideo/event-store';
import type { Attempt, Environment, JobState, JobStateName } from '../domain/job';

/** A job as its row holds it. */
export interface StoredJob {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: Environment;
  readonly head: StreamHead;
  readonly state: JobState;
  /** W3C trace context of the call that created it. */
  readonly traceparent: string;
}

/** One row of `job`. */
export interface JobRow {
  job_id: string; account_id: string; environment: Environment; version: bigint; head_hash: Buffer; state: JobStateName;
  api_key_id: string; model: string; mode: string; resolution: string; aspect_ratio: string; duration_seconds: number; seed: bigint;
  job_class: string; estimated_cost_micros: bigint; deadline_at: Date; attempts: AttemptJson[];
  charged_micros: bigint | null; released_micros: bigint | null; verdict_rule: string | null; artifact: ArtifactJson | null;
  error_code: string | null; error_message: string | null; traceparent: string; created_at: Date; started_at: Date | null;
  rendering_started_at: Date | null; ended_at: Date | null; content_erased_at: Date | null; settled_at: Date | null; refunded_micros: bigint;
}

type AttemptJson = Omit<Attempt, 'startedAt' | 'endedAt'> & { startedAt: string; endedAt?: string };
type ArtifactJson = Omit<Artifact, 'sizeBytes'> & { sizeBytes: string };

export function storedJob(row: JobRow): StoredJob {
  return {
    jobId: row.job_id, accountId: row.account_id, environment: row.environment, traceparent: row.traceparent,
    head: { version: row.version, hash: row.head_hash },
    state: {
      name: row.state, environment: row.environment, apiKeyId: row.api_key_id, jobClass: row.job_class,
      terms: {
        model: row.model, mode: row.mode, resolution: row.resolution, aspectRatio: row.aspect_ratio,
        durationSeconds: row.duration_seconds, seed: Number(row.seed),
      },
      estimatedCostMicros: row.estimated_cost_micros, deadlineAt: row.deadline_at, createdAt: row.created_at,
      attempts: row.attempts.map((attempt): Attempt => {
        const { startedAt, endedAt, ...rest } = attempt;
        return { ...rest, startedAt: new Date(startedAt), ...(endedAt && { endedAt: new Date(endedAt) }) };
      }),
      ...(row.verdict_rule !== null && { verdict: { chargedMicros: row.charged_micros!, releasedMicros: row.released_micros!, rule: row.verdict_rule } }),
      ...(row.artifact && { artifact: { ...row.artifact, sizeBytes: BigInt(row.artifact.sizeBytes) } }),
      ...(row.error_code !== null && { error: { code: row.error_code, message: row.error_message! } }),
      ...(row.started_at && { startedAt: row.started_at }),
      ...(row.rendering_started_at && { renderingStartedAt: row.rendering_started_at }),
      ...(row.ended_at && { endedAt: row.ended_at }),
      ...(row.content_erased_at && { contentErasedAt: row.content_erased_at }),
    },
  };
}

/** Content as the JSON of `job_content` has it. */
export function contentOf(stored: unknown): Content {
  return Content.fromPartial(stored as Content);
}

interface Column { readonly name: string; readonly type: string; readonly value: (job: StoredJob) => unknown }

const column = (name: keyof JobRow, type: string, value: Column['value']): Column => ({ name, type, value });

/** Written once, with the first event. */
export const FIXED_COLUMNS: readonly Column[] = [
  column('job_id', 'text', (job) => job.jobId),
  column('account_id', 'text', (job) => job.accountId),
  column('environment', 'text', (job) => job.environment),
  column('api_key_id', 'text', (job) => job.state.apiKeyId),
  column('model', 'text', (job) => job.state.terms.model),
  column('mode', 'text', (job) => job.state.terms.mode),
  column('resolution', 'text', (job) => job.state.terms.resolution),
  column('duration_seconds', 'integer', (job) => job.state.terms.durationSeconds),
  column('seed', 'bigint', (job) => job.state.terms.seed),
  column('job_class', 'text', (job) => job.state.jobClass),
  column('estimated_cost_micros', 'bigint', (job) => job.state.estimatedCostMicros),
  column('deadline_at', 'timestamptz', (job) => job.state.deadlineAt),
  column('traceparent', 'text', (job) => job.traceparent),
  column('created_at', 'timestamptz', (job) => job.state.createdAt),
];

/** Written with every event. */
export const MOVING_COLUMNS: readonly Column[] = [
  column('version', 'bigint', (job) => job.head.version),
  column('head_hash', 'bytea', (job) => job.head.hash),
  column('state', 'text', (job) => job.state.name),
  column('aspect_ratio', 'text', (job) => job.state.terms.aspectRatio),
  column('attempts', 'jsonb', (job) => JSON.stringify(job.state.attempts)),
  column('charged_micros', 'bigint', (job) => job.state.verdict?.chargedMicros ?? null),
  column('released_micros', 'bigint', (job) => job.state.verdict?.releasedMicros ?? null),
  column('verdict_rule', 'text', (job) => job.state.verdict?.rule ?? null),
  column('artifact', 'jsonb', (job) => artifactJson(job.state.artifact)),
  column('error_code', 'text', (job) => job.state.error?.code ?? null),
  column('error_message', 'text', (job) => job.state.error?.message ?? null),
  column('started_at', 'timestamptz', (job) => job.state.startedAt ?? null),
  column('rendering_started_at', 'timestamptz', (job) => job.state.renderingStartedAt ?? null),
  column('ended_at', 'timestamptz', (job) => job.state.endedAt ?? null),
  column('content_erased_at', 'timestamptz', (job) => job.state.contentErasedAt ?? null),
];

function artifactJson(artifact: Artifact | undefined): string | null {
  return artifact ? JSON.stringify({ ...artifact, sizeBytes: artifact.sizeBytes.toString() }) : null;
}

/** One array per column, as `unnest` takes them. */
export function columnArrays(columns: readonly Column[], jobs: readonly StoredJob[]): unknown[][] {
  return columns.map((each) => jobs.map(each.value));
}

export function unnestOf(columns: readonly Column[]): string {
  return `unnest(${columns.map((each, index) => `$${index + 1}::${each.type}[]`).join(', ')})`;
}
