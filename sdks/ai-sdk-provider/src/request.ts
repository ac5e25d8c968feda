import type {
  SharedV4Warning,
  Experimental_VideoModelV4CallOptions as VideoModelV4CallOptions,
  Experimental_VideoModelV4File as VideoModelV4File,
} from '@ai-sdk/provider';
import type { CreateVideoRequest } from '../../typescript/src/index.ts';

interface Size {
  readonly resolution: '480p' | '720p' | '1080p';
  readonly aspect_ratio: '16:9' | '9:16' | '1:1';
}

/** The pixels of the API's contract. */
const SIZES: Readonly<Record<string, Size>> = {
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
const ASPECT_RATIOS = ['16:9', '9:16', '1:1'];

/** What a call asks for in the words of the API, and a warning for each thing that it does not have. */
export function requestOf(
  modelId: string,
  call: VideoModelV4CallOptions,
): { request: CreateVideoRequest; warnings: SharedV4Warning[] } {
  const warnings: SharedV4Warning[] = [];
  const unsupported = (feature: string, details: string) => warnings.push({ type: 'unsupported', feature, details });
  const size = call.resolution === undefined ? undefined : SIZES[call.resolution];
  if (call.resolution !== undefined && size === undefined)
    unsupported('resolution', `${call.resolution} is none of ${Object.keys(SIZES).join(', ')}`);
  const isRatioKnown = call.aspectRatio !== undefined && ASPECT_RATIOS.includes(call.aspectRatio);
  if (call.aspectRatio !== undefined && call.aspectRatio !== 'adaptive' && !isRatioKnown)
    unsupported('aspectRatio', `${call.aspectRatio} is none of ${ASPECT_RATIOS.join(', ')}`);
  if (size !== undefined && isRatioKnown && size.aspect_ratio !== call.aspectRatio)
    unsupported('aspectRatio', `the resolution ${call.resolution} says ${size.aspect_ratio}`);
  if (call.fps !== undefined) unsupported('fps', "the frame rate is the model's");
  if (call.generateAudio === true) unsupported('generateAudio', 'videos have no sound');
  if (call.inputReferences?.length) unsupported('inputReferences', 'a first frame is the only picture that is taken');
  if (call.frameImages?.some(({ frameType }) => frameType === 'last_frame'))
    unsupported('frameImages', 'there is no last frame');
  const frame = call.image ?? call.frameImages?.find(({ frameType }) => frameType === 'first_frame')?.image;
  const request = {
    prompt: call.prompt ?? '',
    model: modelId === 'default' ? undefined : modelId,
    duration: call.duration,
    seed: call.seed,
    aspect_ratio: isRatioKnown ? call.aspectRatio : undefined,
    ...size,
    first_frame: frame && linkOf(frame),
    ...call.providerOptions.usvideo,
  };
  return {
    request: Object.fromEntries(
      Object.entries(request).filter(([, value]) => value !== undefined),
    ) as unknown as CreateVideoRequest,
    warnings,
  };
}

function linkOf(file: VideoModelV4File): string {
  if (file.type === 'url') return file.url;
  return `data:${file.mediaType};base64,${typeof file.data === 'string' ? file.data : base64Of(file.data)}`;
}

/** In parts: a call with a million arguments is too much for any runtime. */
function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
