import type { RequestOptions, Transport } from './transport.ts';
import type { CreateVideoRequest, Video } from './types.ts';

export interface CreateOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters; made anew for each call by default, so that a repetition of a lost request makes no second video. */
  readonly idempotencyKey?: string | undefined;
}

export function createVideo(
  transport: Transport,
  body: CreateVideoRequest,
  { idempotencyKey = crypto.randomUUID(), ...options }: CreateOptions = {},
): Promise<Video> {
  return transport.json({
    ...options,
    method: 'POST',
    path: '/v1/videos',
    body,
    headers: { ...options.headers, 'idempotency-key': idempotencyKey },
  });
}
