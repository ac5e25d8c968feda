/** The job object, as far as the protocol has words for it. */
export interface NativeVideo {
  readonly id: string;
  readonly status: string;
  readonly model: string;
  readonly prompt: string | null;
  readonly resolution: string;
  readonly aspect_ratio: string | null;
  readonly duration: number;
  readonly progress: number;
  readonly created_at: string;
  readonly completed_at: string | null;
  readonly video_url: string | null;
  readonly video_url_expires_at: string | null;
  readonly thumbnail_url: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The protocol knows no cancelled video: it is one that failed, with that code. */
const STATUS: Readonly<Record<string, string>> = {
  pending: 'queued',
  processing: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'failed',
};

const SHORT_SIDE: Readonly<Record<string, number>> = { '480p': 480, '720p': 720, '1080p': 1080 };
const LONG_SIDE: Readonly<Record<string, number>> = { '480p': 854, '720p': 1280, '1080p': 1920 };

export function openAiVideo(job: NativeVideo): Record<string, unknown> {
  const cancelled = job.status === 'cancelled' ? { code: 'cancelled', message: 'The video was cancelled.' } : null;
  return {
    id: job.id,
    object: 'video',
    model: job.model,
    status: STATUS[job.status] ?? 'in_progress',
    progress: job.progress,
    prompt: job.prompt,
    seconds: String(job.duration),
    size: sizeOf(job),
    created_at: unix(job.created_at),
    completed_at: unix(job.completed_at),
    expires_at: null,
    remixed_from_video_id: null,
    error: job.error ? { code: job.error.code, message: job.error.message } : cancelled,
  };
}

function sizeOf({ resolution, aspect_ratio: ratio }: NativeVideo): string {
  const [short, long] = [SHORT_SIDE[resolution], LONG_SIDE[resolution]];
  if (ratio === '1:1') return `${short}x${short}`;
  return ratio === '9:16' ? `${short}x${long}` : `${long}x${short}`;
}

function unix(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1_000);
}

/** The type of an error, by which its SDKs say what to do. */
export function openAiErrorType(httpStatus: number): string {
  if (httpStatus === 401) return 'authentication_error';
  if (httpStatus === 402) return 'insufficient_quota';
  if (httpStatus === 403) return 'permission_error';
  if (httpStatus === 429) return 'rate_limit_error';
  return httpStatus >= 500 ? 'server_error' : 'invalid_request_error';
}
