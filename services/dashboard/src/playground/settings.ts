import type { AspectRatio, Resolution, Video } from '../api/types';
import type { Order } from '../videos/snippets';

export interface Settings {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly model: string;
  readonly resolution: Resolution;
  readonly duration: number;
  readonly aspectRatio: AspectRatio;
  readonly seed: string;
  readonly webhookUrl: string;
  readonly firstFrame: { readonly name: string; readonly dataUri: string } | undefined;
}

export const FIRST_SETTINGS: Settings = {
  prompt: '',
  negativePrompt: '',
  model: '',
  resolution: '720p',
  duration: 5,
  aspectRatio: '16:9',
  seed: '',
  webhookUrl: '',
  firstFrame: undefined,
};

/** The body of the create call: what is left at its default is left out. */
export function requestOf(settings: Settings): Order {
  return {
    prompt: settings.prompt.trim(),
    ...termsOf(settings),
    ...(settings.negativePrompt.trim() ? { negative_prompt: settings.negativePrompt.trim() } : {}),
    ...(settings.firstFrame ? { first_frame: settings.firstFrame.dataUri } : {}),
    ...(settings.webhookUrl.trim() ? { webhook_url: settings.webhookUrl.trim() } : {}),
    ...(/^\d+$/.test(settings.seed) ? { seed: Number(settings.seed) } : {}),
  };
}

/** What decides the price. */
export function termsOf({ model, resolution, duration, aspectRatio, firstFrame }: Settings): Record<string, unknown> {
  return { ...(model ? { model } : {}), resolution, duration, ...(firstFrame ? {} : { aspect_ratio: aspectRatio }) };
}

/** Of a video that is to be made again, or varied. */
export function settingsOf(video: Video): Settings {
  return {
    prompt: video.prompt ?? '',
    negativePrompt: video.negative_prompt ?? '',
    model: video.model,
    resolution: video.resolution,
    duration: video.duration,
    aspectRatio: video.aspect_ratio ?? '16:9',
    seed: String(video.seed),
    webhookUrl: video.webhook_url ?? '',
    firstFrame: undefined,
  };
}
