import { Content, type Artifact } from '@usvideo/contracts/scheduler';
import type { Columns, StreamHead } from '@usvideo/event-store';
import type { Attempt, Environment, JobState, JobStateName } from './job';

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
  job_id: string;
  account_id: string;
  environment: Environment;
  version: bigint;
  head_hash: Buffer;
  state: JobStateName;
  api_key_id: string;
  model: string;
  mode: string;
  resolution: string;
  aspect_ratio: string;
  duration_seconds: number;
  seed: bigint;
  job_class: string;
  estimated_cost_micros: bigint;
  deadline_at: Date;
  attempts: AttemptJson[];
  charged_micros: bigint | null;
  released_micros: bigint | null;
  verdict_rule: string | null;
  artifact: ArtifactJson | null;
  error_code: string | null;
  error_message: string | null;
  traceparent: string;
  created_at: Date;
  started_at: Date | null;
  rendering_started_at: Date | null;
  ended_at: Date | null;
  content_erased_at: Date | null;
  settled_at: Date | null;
  refunded_micros: bigint;
}

type AttemptJson = Omit<Attempt, 'startedAt' | 'endedAt'> & { startedAt: string; endedAt?: string };
type ArtifactJson = Omit<Artifact, 'sizeBytes'> & { sizeBytes: string };

export function storedJob(row: JobRow): StoredJob {
  return {
    jobId: row.job_id,
    accountId: row.account_id,
    environment: row.environment,
    traceparent: row.traceparent,
    head: { version: row.version, hash: row.head_hash },
    state: {
      name: row.state,
      environment: row.environment,
      apiKeyId: row.api_key_id,
      jobClass: row.job_class,
      terms: {
        model: row.model,
        mode: row.mode,
        resolution: row.resolution,
        aspectRatio: row.aspect_ratio,
        durationSeconds: row.duration_seconds,
        seed: Number(row.seed),
      },
      estimatedCostMicros: row.estimated_cost_micros,
      deadlineAt: row.deadline_at,
      createdAt: row.created_at,
      attempts: row.attempts.map((attempt): Attempt => {
        const { startedAt, endedAt, ...rest } = attempt;
        return { ...rest, startedAt: new Date(startedAt), ...(endedAt && { endedAt: new Date(endedAt) }) };
      }),
      ...(row.verdict_rule !== null && {
        verdict: { chargedMicros: row.charged_micros!, releasedMicros: row.released_micros!, rule: row.verdict_rule },
      }),
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
  const { metadata, ...content } = stored as Omit<Content, 'metadata'> & {
    metadata?: Readonly<Record<string, string>>;
  };
  return Content.fromPartial({ ...content, metadata: new Map(Object.entries(metadata ?? {})) });
}

/** The other way round. Pairs become own properties, whatever they are called. */
export function storedContent(content: Content): string {
  return JSON.stringify({ ...content, metadata: Object.fromEntries(content.metadata) });
}

type JobColumns = { readonly [Name in keyof JobRow]?: Columns<StoredJob>[string] };

/** Written once, with the first event. */
export const FIXED_COLUMNS = {
  job_id: ['text', (job) => job.jobId],
  account_id: ['text', (job) => job.accountId],
  environment: ['text', (job) => job.environment],
  api_key_id: ['text', (job) => job.state.apiKeyId],
  model: ['text', (job) => job.state.terms.model],
  mode: ['text', (job) => job.state.terms.mode],
  resolution: ['text', (job) => job.state.terms.resolution],
  duration_seconds: ['integer', (job) => job.state.terms.durationSeconds],
  seed: ['bigint', (job) => BigInt(job.state.terms.seed)],
  job_class: ['text', (job) => job.state.jobClass],
  estimated_cost_micros: ['bigint', (job) => job.state.estimatedCostMicros],
  deadline_at: ['timestamptz', (job) => job.state.deadlineAt],
  traceparent: ['text', (job) => job.traceparent],
  created_at: ['timestamptz', (job) => job.state.createdAt],
} satisfies JobColumns;

/** Written with every event. */
export const MOVING_COLUMNS = {
  version: ['bigint', (job) => job.head.version],
  head_hash: ['bytea', (job) => job.head.hash],
  state: ['text', (job) => job.state.name],
  aspect_ratio: ['text', (job) => job.state.terms.aspectRatio],
  attempts: ['jsonb', (job) => JSON.stringify(job.state.attempts)],
  charged_micros: ['bigint', (job) => job.state.verdict?.chargedMicros],
  released_micros: ['bigint', (job) => job.state.verdict?.releasedMicros],
  verdict_rule: ['text', (job) => job.state.verdict?.rule],
  artifact: ['jsonb', (job) => artifactJson(job.state.artifact)],
  error_code: ['text', (job) => job.state.error?.code],
  error_message: ['text', (job) => job.state.error?.message],
  started_at: ['timestamptz', (job) => job.state.startedAt],
  rendering_started_at: ['timestamptz', (job) => job.state.renderingStartedAt],
  ended_at: ['timestamptz', (job) => job.state.endedAt],
  content_erased_at: ['timestamptz', (job) => job.state.contentErasedAt],
} satisfies JobColumns;

function artifactJson(artifact: Artifact | undefined): string | undefined {
  return artifact && JSON.stringify({ ...artifact, sizeBytes: artifact.sizeBytes.toString() });
}
