import type { Video } from '../api/types';
import type { Order } from './snippets';

/** The request that makes this video again. A first frame that was uploaded is the platform's and is left out. */
export function orderOf(video: Video): Order {
  const order: Record<string, unknown> = {
    model: video.model,
    resolution: video.resolution,
    duration: video.duration,
    seed: video.seed,
  };
  if (video.aspect_ratio) order['aspect_ratio'] = video.aspect_ratio;
  if (video.negative_prompt) order['negative_prompt'] = video.negative_prompt;
  if (video.first_frame && /^https?:/.test(video.first_frame)) order['first_frame'] = video.first_frame;
  if (video.webhook_url) order['webhook_url'] = video.webhook_url;
  if (Object.keys(video.metadata).length > 0) order['metadata'] = video.metadata;
  if (video.end_user) order['end_user'] = video.end_user;
  return { prompt: video.prompt ?? '', ...order };
}
