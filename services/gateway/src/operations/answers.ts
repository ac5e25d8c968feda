import { z } from 'zod';
import { STATUS_OF } from '../refusals/refusal';
import { ASPECT_RATIOS, FIRST_FRAME_FITS, RESOLUTIONS } from '../videos/create-video';

// The answers as the reference describes them. They are not validated at run time: rendering is a pure function with its own specs.

export const usd = (of: string) =>
  z
    .string()
    .regex(/^-?\$\d+\.\d{2,6}$/)
    .describe(of);
export const micros = (of: string) => z.int().describe(`${of}, in micro-dollars.`);
export const time = z.iso.datetime().nullable();
const id = z.string();

export const errorSchema = z
  .object({
    error: z.string().describe(`Code of the refusal: ${Object.keys(STATUS_OF).join(', ')}; more may come.`),
    message: z.string(),
    request_id: z.string().describe('The same as X-Request-Id: name it when you ask us.'),
    doc_url: z.string().describe('The page that says what the code means and what to do.'),
    status: z.string().optional().describe("The job's status, where the refusal depends on it."),
    required_micros: z.int().optional().describe('What the video costs, where money is missing.'),
    available_micros: z.int().optional().describe('What is available, where money is missing.'),
    shortfall_micros: z.int().optional().describe('What is missing.'),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error', description: 'Every refusal has this form.' });

const billingSchema = z.object({
  state: z.string(),
  charged_micros: z.int(),
  released_micros: z.int(),
  refunded_micros: z.int(),
  rule: z.string().nullable(),
  settled: z.boolean(),
});

/** Why a job may fail, and so the rules by which its money ends: each of them releases the whole hold. */
export const FAILURES = {
  content_rejected: 'the engine refused what the prompt or the frame asks for',
  first_frame_unreachable:
    'the first frame could not be fetched: no answer, another status than 200, a redirect or an address that is not allowed',
  first_frame_invalid: 'the first frame is not a whole PNG, JPEG or WebP, or is too large',
  engine_error: 'three attempts at rendering failed',
  render_timeout: 'rendering took longer than it may',
  deadline_exceeded: 'rendering did not start before the deadline of the job',
} as const;

const failures = Object.entries(FAILURES)
  .map(([code, reason]) => `\`${code}\` (${reason})`)
  .join(', ');

const attemptSchema = z.object({
  attempt: z.int(),
  worker: z.string(),
  engine: z.string(),
  started_at: time,
  ended_at: time,
  outcome: z.string().nullable(),
});

export const videoSchema = z
  .object({
    id,
    job_id: id,
    object: z.literal('video'),
    status: z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']),
    livemode: z.boolean(),
    mode: z.enum(['text_to_video', 'image_to_video']),
    model: z.string(),
    prompt: z.string().nullable(),
    negative_prompt: z.string().nullable(),
    first_frame: z.string().nullable(),
    first_frame_fit: z
      .enum(FIRST_FRAME_FITS)
      .nullable()
      .describe('How the first frame was brought to the shape of the video; null without one.'),
    resolution: z.enum(RESOLUTIONS),
    aspect_ratio: z.enum(ASPECT_RATIOS).nullable(),
    duration: z.int(),
    duration_actual: z.number().nullable(),
    has_audio: z.boolean().nullable().describe('Whether the engine made sound; null until there is a video.'),
    seed: z.int(),
    estimated_cost: usd('What is held for the job.'),
    estimated_cost_micros: micros('What is held for the job'),
    cost: usd('What was charged; null until the end.').nullable(),
    cost_micros: micros('What was charged').nullable(),
    billing: billingSchema,
    video_url: z.string().nullable(),
    video_url_expires_at: time,
    thumbnail_url: z.string().nullable(),
    progress: z.int(),
    queue_position: z.int().nullable(),
    eta_seconds: z.int().nullable(),
    cancellable: z.boolean(),
    attempts: z.array(attemptSchema),
    error: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .describe(
        `Why the job failed; never charged, and the code is the rule in billing. Codes: ${failures}; more may come.`,
      ),
    webhook_url: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    end_user: z.string().nullable(),
    api_key_id: z.string(),
    trace_id: z.string().nullable(),
    created_at: z.iso.datetime(),
    started_at: time,
    rendering_started_at: time,
    completed_at: time,
    deadline_at: time,
    content_erased_at: time,
  })
  .meta({ id: 'Video', description: 'One job. Only a completed job is ever charged.' });

export const fileSchema = z
  .object({
    id,
    object: z.literal('file'),
    livemode: z.boolean(),
    bytes: z.int(),
    content_type: z.enum(['image/png', 'image/jpeg', 'image/webp']),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().describe('When it is deleted by itself; jobs that name it keep the picture.'),
  })
  .meta({ id: 'File', description: 'A picture that was uploaded.' });

export const deletedFileSchema = z
  .object({ id, object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'DeletedFile' });

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
    limit: z.int(),
    offset: z.int(),
  });
}

const usedSchema = z.object({ allowed: z.int(), in_use: z.int() });
const rateSchema = z.object({ allowed: z.int() });

export const limitsSchema = z
  .object({
    object: z.literal('limits'),
    livemode: z.boolean(),
    concurrent_jobs: usedSchema,
    queued_jobs: usedSchema,
    streams: usedSchema,
    creates_per_minute: rateSchema,
    reads_per_minute: rateSchema,
  })
  .meta({ id: 'Limits' });

export const modelSchema = z
  .object({
    id,
    object: z.literal('model'),
    aliases: z.array(z.string()),
    description: z.string(),
    modes: z.array(z.string()),
    resolutions: z.array(z.string()),
    aspect_ratios: z.array(z.string()),
    max_duration: z.int(),
    prices: z.array(
      z.object({ resolution: z.string(), per_second: usd('Price of a second.'), per_second_micros: z.int() }),
    ),
  })
  .meta({ id: 'Model' });

export const accountSchema = z
  .object({
    id,
    account_id: id,
    object: z.literal('account'),
    name: z.string(),
    email: z.string(),
    plan: z.string(),
    status: z.string(),
    livemode: z.boolean(),
    created_at: time,
  })
  .meta({ id: 'Account' });

export const apiKeySchema = z
  .object({
    id,
    object: z.literal('api_key'),
    name: z.string(),
    masked_key: z.string(),
    scopes: z.array(z.string()),
    livemode: z.boolean(),
    created_at: time,
    last_used_at: time,
    expires_at: time,
  })
  .meta({ id: 'ApiKey' });

export const apiKeysSchema = listOf(apiKeySchema)
  .extend({ keys: z.array(apiKeySchema).meta({ deprecated: true, description: 'The same as data.' }) })
  .meta({ id: 'ApiKeyList' });
export const newApiKeySchema = apiKeySchema
  .extend({ secret: z.string().describe('Shown this once.') })
  .meta({ id: 'NewApiKey' });
export const rotatedApiKeySchema = newApiKeySchema.extend({ replaces: apiKeySchema }).meta({ id: 'RotatedApiKey' });

export const registeredSchema = z
  .object({
    account_id: id,
    live_key: z.string(),
    test_key: z.string(),
    webhook_secret: z.string(),
  })
  .meta({ id: 'Registered', description: 'Shown this once.' });
