import type { Content, Terms } from '@usvideo/contracts/scheduler';
import { faultOfCharacters } from '@usvideo/contracts/text';
import { z } from 'zod';
import {
  type DataUri,
  FIRST_FRAME_CHARACTERS_MAX,
  isBareBase64,
  isDataUri,
  isFileId,
  readDataUri,
} from '../files/first-frame';
import { type FaultDetail, invalidRequest } from '../refusals/refusal';
import { type Pairs, pairsOf, text, validate } from '../validation/schema';

export const RESOLUTIONS = ['480p', '720p', '1080p'] as const;
export const ASPECT_RATIOS = ['16:9', '9:16', '1:1'] as const;

const METADATA_PAIRS_MAX = 16;
const METADATA_KEY_CHARACTERS_MAX = 64;
const METADATA_VALUE_CHARACTERS_MAX = 512;
const URL_CHARACTERS_MAX = 2_048;
const DEADLINE_DEFAULT_SECONDS = 86_400;

export const FIRST_FRAME_FITS = ['crop', 'pad'] as const;

const resolution = z.enum(RESOLUTIONS);

/** Too long to be read as a URL, too short to hold more than 10 MiB: everything between is checked where it is decoded. */
const firstFrame = z
  .string()
  .check((context) => {
    const bare = isBareBase64(context.value);
    if (bare)
      context.issues.push({
        code: 'custom',
        message: 'is bare base64: write data:image/png;base64, before it, or the type that it has',
        input: context.value,
      });
    const max = bare || isDataUri(context.value) ? FIRST_FRAME_CHARACTERS_MAX : URL_CHARACTERS_MAX;
    if (context.value.length > max)
      context.issues.push({
        code: 'custom',
        message: 'must be at most 10 MiB as a data URI or 2048 characters as a URL',
        input: context.value,
      });
    else if (context.value.trim() === '')
      context.issues.push({ code: 'custom', message: 'must not be blank', input: context.value });
  })
  .describe(
    'An https URL, the id of an uploaded file, or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video starts with it.',
  );

const metadata = pairsOf(faultsOfMetadata).meta({
  type: 'object',
  maxProperties: METADATA_PAIRS_MAX,
  additionalProperties: { type: 'string', maxLength: METADATA_VALUE_CHARACTERS_MAX },
  propertyNames: { type: 'string', minLength: 1, maxLength: METADATA_KEY_CHARACTERS_MAX },
  description: 'At most 16 pairs of your own strings, shown with the job.',
});

function* faultsOfMetadata(pairs: Pairs): Generator<FaultDetail> {
  const entries = Object.entries(pairs);
  if (entries.length > METADATA_PAIRS_MAX)
    return yield { field: '', message: `must have at most ${METADATA_PAIRS_MAX} pairs` };
  for (const [key, value] of entries) {
    const keyFault = key === '' ? 'a key must not be empty' : faultOfCharacters(key, METADATA_KEY_CHARACTERS_MAX);
    if (keyFault) yield { field: key, message: `key ${keyFault}` };
    const valueFault =
      typeof value === 'string' ? faultOfCharacters(value, METADATA_VALUE_CHARACTERS_MAX) : 'must be a string';
    if (valueFault) yield { field: key, message: valueFault };
  }
}

export const createVideoSchema = z.strictObject({
  prompt: text(4_000, 'What the video shows.'),
  model: text(128, 'An id or alias from GET /v1/models; the default is its first entry.').optional(),
  resolution: resolution.optional().meta({ default: '720p' }),
  duration: z.int().min(1).max(10).optional().meta({ default: 5, description: 'Seconds.' }),
  aspect_ratio: z
    .enum(ASPECT_RATIOS)
    .optional()
    .meta({ description: '16:9 by default, or the nearest to the first frame.' }),
  first_frame: firstFrame.optional(),
  first_frame_fit: z.enum(FIRST_FRAME_FITS).optional().meta({
    default: 'crop',
    description: 'Of a first frame of another shape: crop cuts away what is over, pad leaves black bars.',
  }),
  webhook_url: text(
    URL_CHARACTERS_MAX,
    'An https URL that is told that the job has completed or failed, or was cancelled by anybody but the key that made it.',
  ).optional(),
  seed: z
    .int()
    .min(0)
    .max(4_294_967_295)
    .optional()
    .describe('The same seed and request give the same video; drawn when absent.'),
  negative_prompt: text(4_000, 'What the video should not show.').optional(),
  metadata: metadata.optional(),
  end_user: text(256, 'Your own user on whose behalf this is; lists can be filtered by it.').optional(),
  deadline_seconds: z.int().min(10).max(604_800).optional().meta({
    default: DEADLINE_DEFAULT_SECONDS,
    description: 'The job fails, free of charge, if rendering has not started by then.',
  }),
  quote_id: text(2_048, 'From POST /v1/quotes: the price that it locked.').optional(),
  size: resolution.optional().meta({ deprecated: true, description: 'Older name of resolution.' }),
  image_url: firstFrame.optional().meta({ deprecated: true, description: 'Older name of first_frame.' }),
});

export type FirstFrame =
  | { readonly kind: 'url'; readonly url: string; readonly field: string }
  | { readonly kind: 'upload'; readonly image: DataUri; readonly field: string }
  | { readonly kind: 'file'; readonly id: string; readonly field: string };

export interface CreateVideo {
  readonly terms: Terms;
  readonly seedGiven: boolean;
  readonly content: Content;
  readonly deadlineSeconds: number;
  readonly quoteId: string | undefined;
  readonly firstFrame: FirstFrame | undefined;
}

/** @throws Refusal invalid_request with every fault that can be seen without asking anybody. */
export function parseCreateVideo(body: unknown): CreateVideo {
  const request = validate(createVideoSchema, body);
  refuseContradictions(request);
  const firstFrame = readFirstFrame(request);
  return {
    terms: termsOf(request, firstFrame !== undefined),
    seedGiven: request.seed !== undefined,
    content: {
      prompt: request.prompt,
      negativePrompt: request.negative_prompt,
      firstFrame: shownOf(firstFrame),
      firstFrameKey: undefined,
      firstFrameFit: firstFrame && (request.first_frame_fit ?? 'crop'),
      metadata: new Map(Object.entries(request.metadata ?? {})),
      endUser: request.end_user,
      webhookUrl: request.webhook_url,
    },
    deadlineSeconds: request.deadline_seconds ?? DEADLINE_DEFAULT_SECONDS,
    quoteId: request.quote_id,
    firstFrame,
  };
}

/** The body of a create without its quote: what does not decide the price may be left out, and is not kept. */
export const createQuoteSchema = createVideoSchema.omit({ quote_id: true }).partial({ prompt: true });

/** @throws Refusal invalid_request */
export function parseQuote(body: unknown): Terms {
  const request = validate(createQuoteSchema, body);
  refuseContradictions(request);
  return termsOf(request, (request.first_frame ?? request.image_url) !== undefined);
}

type Request = z.output<typeof createVideoSchema>;
type Priced = z.output<typeof createQuoteSchema>;

function termsOf(request: Priced, isImageToVideo: boolean): Terms {
  return {
    model: request.model ?? '',
    mode: isImageToVideo ? 'image_to_video' : 'text_to_video',
    resolution: request.resolution ?? request.size ?? '720p',
    aspectRatio: request.aspect_ratio ?? (isImageToVideo ? '' : '16:9'),
    durationSeconds: request.duration ?? 5,
    seed: request.seed ?? 0,
  };
}

function refuseContradictions(request: Priced): void {
  const faults: FaultDetail[] = [];
  if (request.size !== undefined && request.resolution !== undefined && request.size !== request.resolution) {
    faults.push({ field: 'size', message: 'contradicts resolution; send one of them' });
  }
  if (
    request.image_url !== undefined &&
    request.first_frame !== undefined &&
    request.image_url !== request.first_frame
  ) {
    faults.push({ field: 'image_url', message: 'contradicts first_frame; send one of them' });
  }
  if (request.first_frame_fit !== undefined && (request.first_frame ?? request.image_url) === undefined) {
    faults.push({ field: 'first_frame_fit', message: 'needs a first_frame' });
  }
  if (faults.length > 0) throw invalidRequest(faults);
}

function readFirstFrame(request: Request): FirstFrame | undefined {
  const field = request.first_frame === undefined ? 'image_url' : 'first_frame';
  const given = request.first_frame ?? request.image_url;
  if (given === undefined) return undefined;
  if (isFileId(given)) return { kind: 'file', id: given, field };
  return isDataUri(given)
    ? { kind: 'upload', image: readDataUri(given, field), field }
    : { kind: 'url', url: given, field };
}

/** How the job shows it; what came with the request is shown by its digest, once that is known. */
function shownOf(firstFrame: FirstFrame | undefined): string | undefined {
  switch (firstFrame?.kind) {
    case 'url':
      return firstFrame.url;
    case 'file':
      return firstFrame.id;
    default:
      return undefined;
  }
}

/** The URLs a body names, whether or not the rest of it is right: their faults are told together with the others. */
export function urlsOf(body: unknown): { field: string; url: string }[] {
  if (typeof body !== 'object' || body === null) return [];
  return ['webhook_url', 'first_frame', 'image_url'].flatMap((field) => {
    const url: unknown = (body as Record<string, unknown>)[field];
    const isUrl =
      typeof url === 'string' &&
      url.trim() !== '' &&
      url.length <= URL_CHARACTERS_MAX &&
      !(field !== 'webhook_url' && (isDataUri(url) || isBareBase64(url) || isFileId(url)));
    return isUrl ? [{ field, url }] : [];
  });
}
