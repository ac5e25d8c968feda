/** How each engine speaks the Videos protocol: data, so that an engine more is an entry more. Sources: `libs/testing/transcripts`. */
export interface Dialect {
  /** For people. */
  readonly engine: string;
  /** How a request goes, without an image to begin with and with one. */
  readonly body: { readonly text: BodyForm; readonly image: BodyForm };
  /** The field of the image: a file in a form, a data URL in JSON. */
  readonly imageField: string;
  /** `seconds` goes as a number and not as a string. */
  readonly secondsAsNumber: boolean;
  /** Answered 2xx when the engine can take work. */
  readonly healthPath: string;
  /** `progress` moves with the work, and does not only jump from 0 to 100. */
  readonly tellsProgress: boolean;
  /** A listed job repeats its prompt, so that a job whose id got lost can be told from others. */
  readonly repeatsPrompt: boolean;
  /** It takes frames, rate, seed and negative prompt, which the protocol itself does not have. */
  readonly extended: boolean;
}

export type BodyForm = 'json' | 'form';

export const DIALECTS = {
  diffusers: {
    engine: 'deploy/engines/diffusers',
    body: { text: 'form', image: 'form' },
    imageField: 'input_reference',
    secondsAsNumber: false,
    healthPath: '/health',
    tellsProgress: true,
    repeatsPrompt: true,
    extended: true,
  },
  // A form without a file is refused by older versions, and a path in JSON would be read from the server's own disk.
  sglang: {
    engine: 'SGLang diffusion',
    body: { text: 'json', image: 'form' },
    imageField: 'input_reference',
    secondsAsNumber: true,
    healthPath: '/health',
    tellsProgress: false,
    repeatsPrompt: false,
    extended: true,
  },
  'vllm-omni': {
    engine: 'vLLM-Omni',
    body: { text: 'form', image: 'form' },
    imageField: 'input_reference',
    secondsAsNumber: false,
    healthPath: '/health',
    tellsProgress: false,
    repeatsPrompt: true,
    extended: true,
  },
  'tensorrt-llm': {
    engine: 'TensorRT-LLM VisualGen',
    body: { text: 'json', image: 'json' },
    imageField: 'image_reference',
    secondsAsNumber: true,
    healthPath: '/health',
    tellsProgress: false,
    repeatsPrompt: true,
    extended: true,
  },
  // The protocol to the letter, which refuses fields that it does not know.
  openai: {
    engine: 'a hosted engine',
    body: { text: 'form', image: 'form' },
    imageField: 'input_reference',
    secondsAsNumber: false,
    healthPath: '/v1/models',
    tellsProgress: true,
    repeatsPrompt: true,
    extended: false,
  },
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof DIALECTS;

export const DIALECT_NAMES = Object.keys(DIALECTS) as [DialectName, ...DialectName[]];

/** What an engine says of a job, in one vocabulary. */
export type EngineJob =
  | { readonly status: 'waiting' | 'rendering'; readonly id: string; readonly percent: number }
  | { readonly status: 'completed'; readonly id: string; readonly percent: 100 }
  | {
      readonly status: 'failed';
      readonly id: string;
      readonly percent: number;
      readonly code: string;
      readonly message: string;
    };

/** Every word that any of them uses, whatever its case. */
const STATUS_WORDS = new Map<string, EngineJob['status']>(
  Object.entries({
    queued: 'waiting',
    pending: 'waiting',
    submitted: 'waiting',
    starting: 'waiting',
    in_progress: 'rendering',
    running: 'rendering',
    processing: 'rendering',
    generating: 'rendering',
    postprocessing: 'rendering',
    completed: 'completed',
    succeeded: 'completed',
    succeed: 'completed',
    success: 'completed',
    failed: 'failed',
    error: 'failed',
    cancelled: 'failed',
    canceled: 'failed',
    expired: 'failed',
    deleted: 'failed',
  } as const),
);

const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/;

/** @throws RangeError when the answer is no job of this protocol: naming what is wrong, never repeating what was sent. */
export function readEngineJob(body: unknown): EngineJob {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RangeError('the answer is no JSON object');
  const { id, status, progress, error } = body as Record<string, unknown>;
  // The id becomes part of a path of ours.
  if (typeof id !== 'string' || !ID.test(id)) throw new RangeError('the answer has no usable id');
  const word = typeof status === 'string' ? STATUS_WORDS.get(status.toLowerCase()) : undefined;
  if (word === undefined) throw new RangeError('the answer has no known status');
  const percent =
    typeof progress === 'number' && Number.isFinite(progress) ? Math.min(100, Math.max(0, Math.floor(progress))) : 0;
  if (word === 'completed') return { status: word, id, percent: 100 };
  return word === 'failed' ? { status: word, id, percent, ...readError(error) } : { status: word, id, percent };
}

/** An object with code and message, with a message only, a string, or nothing. */
function readError(error: unknown): { readonly code: string; readonly message: string } {
  if (typeof error === 'string') return { code: '', message: error };
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : '',
    message: typeof message === 'string' ? message : '',
  };
}

const REJECTED = /content.?policy|moderation|moderated|content.?filter|content.?reject|safety|nsfw|guardrail/i;

/** Whether the engine refused what was asked for, rather than failed at it. */
export function isRejection({ code, message }: { readonly code: string; readonly message: string }): boolean {
  return REJECTED.test(code) || (code === '' && REJECTED.test(message));
}

export interface ListedJob {
  readonly id: string;
  readonly prompt: string | undefined;
}

/** The jobs that an engine lists; all of them list as `data`. */
export function readListedJobs(body: unknown): ListedJob[] {
  const data: unknown = typeof body === 'object' && body !== null ? (body as { data?: unknown }).data : undefined;
  if (!Array.isArray(data)) throw new RangeError('the answer is no list');
  return data
    .filter((job: unknown): job is { id: string; prompt?: unknown } =>
      ID.test(String((job as { id?: unknown } | null)?.id)),
    )
    .map(({ id, prompt }) => ({ id, prompt: typeof prompt === 'string' ? prompt : undefined }));
}
