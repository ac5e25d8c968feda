export { USVideo, type FreeRequest } from './client.ts';
export type { ClientOptions, Retry } from './config.ts';
export * from './errors.ts';
export {
  verifyWebhook,
  verifyXSignature,
  type StandardWebhook,
  type Webhook,
  type WebhookHeaders,
} from './webhooks.ts';
export { List } from './list.ts';
export type { BatchOptions, BatchResult } from './batch.ts';
export type { CreateOptions } from './create-video.ts';
export type { DownloadOptions, DownloadProgress } from './download.ts';
export type { DownloadedFile } from './file.ts';
export type { FeedOptions } from './feed.ts';
export type { FollowOptions, WaitOptions } from './follow.ts';
export type { CursorQuery, PageQuery, UsageQuery } from './billing.ts';
export type { DeliveriesQuery, EndpointFields, RedeliverManyRequest } from './webhook-endpoints.ts';
export type { Query, RequestOptions } from './transport.ts';
export type { ListVideosQuery } from './videos.ts';
export type * from './types.ts';
export { VERSION } from './version.ts';
