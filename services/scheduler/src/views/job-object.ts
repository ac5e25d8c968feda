import type { Content } from '@usvideo/contracts/scheduler';
import { formatUsd } from '@usvideo/runtime';
import type { Attempt, JobState } from '../job/job';

export type PublicStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** Everything the job object shows, as it is at one moment. */
export interface JobView {
  readonly jobId: string;
  readonly state: JobState;
  /** Undefined once erased. */
  readonly content: Content | undefined;
  readonly settled: boolean;
  /** What the ledger has given back of the charge since. */
  readonly refundedMicros: bigint;
  /** 0 to 100 within the attempt that renders. */
  readonly progress: number;
  /** Place in the account's queue, from 1, and the seconds until it has been rendered, unless nobody can tell; of a pending job. */
  readonly queue: { readonly position: number; readonly etaSeconds: number | undefined } | undefined;
  readonly traceId: string;
}

/** Makes a link to an artifact that holds until the given moment. */
export type LinkMaker = (jobId: string, key: string, expiresAt: Date) => string;

/** At least; a link that is made within the same minute expires with the first. */
export const LINK_LIFE_MS = 24 * 3_600_000;
const LINK_STEP_MS = 60_000;

/** It never goes back in public: a job whose lease was lost stays `processing` while it waits again. */
export function publicStatus(state: JobState): PublicStatus {
  switch (state.name) {
    case 'completed':
    case 'failed':
    case 'cancelled':
      return state.name;
    default:
      return state.attempts.length === 0 ? 'pending' : 'processing';
  }
}

/** The one rendering of a job for customers: create, get, list, webhook and feed all show this. */
export function jobObject(view: JobView, now: Date, link: LinkMaker): Record<string, unknown> {
  const { jobId, state, content } = view;
  const { terms } = state;
  const status = publicStatus(state);
  return {
    id: jobId,
    job_id: jobId,
    object: 'video',
    status,
    livemode: state.environment === 'live',
    mode: terms.mode,
    model: terms.model,
    prompt: content?.prompt ?? null,
    negative_prompt: content?.negativePrompt ?? null,
    first_frame: content?.firstFrame ?? null,
    first_frame_fit: content?.firstFrame ? (content.firstFrameFit ?? 'crop') : null,
    resolution: terms.resolution,
    aspect_ratio: terms.aspectRatio || null,
    duration: terms.durationSeconds,
    duration_actual: state.artifact ? state.artifact.durationMs / 1_000 : null,
    has_audio: state.artifact ? (state.artifact.hasAudio ?? false) : null,
    seed: terms.seed,
    ...money(view),
    ...links(view, now, link),
    progress: status === 'completed' ? 100 : status === 'pending' ? 0 : view.progress,
    queue_position: status === 'pending' ? (view.queue?.position ?? null) : null,
    eta_seconds: status === 'pending' ? (view.queue?.etaSeconds ?? null) : null,
    cancellable: state.name === 'queued' || state.name === 'leased',
    attempts: state.attempts.map(attemptObject),
    error: state.error ? { code: state.error.code, message: state.error.message } : null,
    webhook_url: content?.webhookUrl ?? null,
    metadata: Object.fromEntries(content?.metadata ?? []),
    end_user: content?.endUser ?? null,
    api_key_id: state.apiKeyId,
    trace_id: view.traceId || null,
    created_at: state.createdAt.toISOString(),
    started_at: iso(state.startedAt),
    rendering_started_at: iso(state.renderingStartedAt),
    completed_at: iso(state.endedAt),
    deadline_at: state.deadlineAt.toISOString(),
    content_erased_at: iso(state.contentErasedAt),
  };
}

function money({ state, settled, refundedMicros }: JobView): Record<string, unknown> {
  const { verdict, estimatedCostMicros } = state;
  const charged = verdict?.chargedMicros ?? 0n;
  return {
    estimated_cost: formatUsd(estimatedCostMicros),
    estimated_cost_micros: Number(estimatedCostMicros),
    cost: verdict ? formatUsd(charged) : null,
    cost_micros: verdict ? Number(charged) : null,
    billing: {
      state: verdict === undefined ? 'held' : state.name === 'completed' ? 'charged' : 'released',
      charged_micros: Number(charged),
      released_micros: Number(verdict?.releasedMicros ?? 0n),
      refunded_micros: Number(refundedMicros),
      rule: verdict?.rule ?? null,
      settled,
    },
  };
}

/** The link carries whole seconds, and so does what we say of it. Within a minute it is the same link, which players and caches know again. */
function linkExpiry(now: Date): Date {
  return new Date(Math.ceil(now.getTime() / LINK_STEP_MS) * LINK_STEP_MS + LINK_LIFE_MS);
}

function links({ jobId, state }: JobView, now: Date, link: LinkMaker): Record<string, string | null> {
  if (state.artifact === undefined || state.contentErasedAt)
    return { video_url: null, video_url_expires_at: null, thumbnail_url: null };
  const expiresAt = linkExpiry(now);
  const { videoKey, thumbnailKey } = state.artifact;
  return {
    video_url: link(jobId, videoKey, expiresAt),
    video_url_expires_at: expiresAt.toISOString(),
    thumbnail_url: thumbnailKey ? link(jobId, thumbnailKey, expiresAt) : null,
  };
}

function attemptObject({ attempt, workerId, engine, startedAt, endedAt, outcome }: Attempt): Record<string, unknown> {
  return {
    attempt,
    worker: workerId,
    engine,
    started_at: startedAt.toISOString(),
    ended_at: iso(endedAt),
    outcome: outcome ?? null,
  };
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}
