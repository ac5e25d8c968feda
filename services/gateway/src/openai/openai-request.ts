import { z } from 'zod';
import { invalidRequest } from '../refusals/refusal';
import { text, validate } from '../validation/schema';

/** The sizes of the contract, as the OpenAI Videos protocol writes them. */
const SIZES: Readonly<Record<string, { readonly resolution: string; readonly aspect_ratio: string }>> = {
  '854x480': { resolution: '480p', aspect_ratio: '16:9' },
  '480x854': { resolution: '480p', aspect_ratio: '9:16' },
  '480x480': { resolution: '480p', aspect_ratio: '1:1' },
  '1280x720': { resolution: '720p', aspect_ratio: '16:9' },
  '720x1280': { resolution: '720p', aspect_ratio: '9:16' },
  '720x720': { resolution: '720p', aspect_ratio: '1:1' },
  '1920x1080': { resolution: '1080p', aspect_ratio: '16:9' },
  '1080x1920': { resolution: '1080p', aspect_ratio: '9:16' },
  '1080x1080': { resolution: '1080p', aspect_ratio: '1:1' },
};

/** What the protocol's own service made when nothing was said. */
const SIZE_DEFAULT = '720x1280';
const SECONDS_DEFAULT = '4';
/** Models of that service; programs that name them get the default model. */
const MODELS_OF_OPENAI = /^sora-2(-pro)?(-\d{4}-\d{2}-\d{2})?$/;
const SECONDS = /^(?:[1-9]|10)$/;

const imageUrl = z.strictObject({ image_url: z.string() });

/** A create of the protocol: `seconds` is a string there, and the picture a file or an object that names it. */
export const openAiCreateSchema = z.strictObject({
  prompt: text(4_000, 'What the video shows.'),
  model: text(128, 'An id or alias from GET /v1/models.').optional(),
  seconds: z.union([z.string(), z.number()]).optional(),
  size: z.string().optional(),
  input_reference: z.union([z.string(), imageUrl]).optional(),
});

/** The same order as the body of a create of the native API. @throws Refusal invalid_request */
export function nativeCreate(body: unknown): Record<string, unknown> {
  const {
    prompt,
    model,
    seconds = SECONDS_DEFAULT,
    size = SIZE_DEFAULT,
    input_reference: reference,
  } = validate(openAiCreateSchema, body);
  const faults = [];
  if (!SECONDS.test(String(seconds))) faults.push({ field: 'seconds', message: 'must be "1" to "10"' });
  if (!Object.hasOwn(SIZES, size))
    faults.push({ field: 'size', message: `must be one of ${Object.keys(SIZES).join(', ')}` });
  if (faults.length > 0) throw invalidRequest(faults);
  return {
    prompt,
    ...SIZES[size],
    duration: Number(seconds),
    ...(model === undefined || MODELS_OF_OPENAI.test(model) ? {} : { model }),
    ...(reference === undefined
      ? {}
      : { first_frame: typeof reference === 'string' ? reference : reference.image_url }),
  };
}

const NATIVE_NAMES: Readonly<Record<string, string>> = {
  first_frame: 'input_reference',
  duration: 'seconds',
  resolution: 'size',
  aspect_ratio: 'size',
  starting_after: 'after',
};

/** A field of the native API by the protocol's name for it. */
export function openAiField(field: string): string {
  return NATIVE_NAMES[field] ?? field;
}
