import type { components } from './openapi.ts';

type Schemas = components['schemas'];

export type Video = Schemas['Video'];
export type VideoStatus = Video['status'];
export type CreateVideoRequest = Schemas['CreateVideoRequest'];
export type UploadedFile = Schemas['File'];
export type DeletedFile = Schemas['DeletedFile'];
export type CreateQuoteRequest = Schemas['CreateQuoteRequest'];
export type Quote = Schemas['Quote'];
export type Model = Schemas['Model'];
export type Balance = Schemas['Balance'];
export type LowBalanceThreshold = Schemas['LowBalanceThreshold'];
export type SpendCap = Schemas['SpendCap'];
export type SetSpendCapRequest = Schemas['SetSpendCapRequest'];
export type Usage = Schemas['Usage'];
export type UsageRow = Schemas['UsageRow'];
export type UsageGroup = Schemas['UsageGroup'];
export type LedgerEntry = Schemas['LedgerEntry'];
export type Statement = Schemas['Statement'];
export type StatementWithLines = Schemas['StatementWithLines'];
export type TopUp = Schemas['TopUp'];
export type CreateTopUpRequest = Schemas['CreateTopUpRequest'];
export type AutoTopUp = Schemas['AutoTopUp'];
export type SetAutoTopUpRequest = Schemas['SetAutoTopUpRequest'];
export type SetUpPaymentMethodRequest = Schemas['SetUpPaymentMethodRequest'];
export type PaymentMethodSetup = Schemas['PaymentMethodSetup'];
export type Account = Schemas['Account'];
export type Limits = Schemas['Limits'];
export type ApiKey = Schemas['ApiKey'];
export type NewApiKey = Schemas['NewApiKey'];
export type RotatedApiKey = Schemas['RotatedApiKey'];
export type CreateApiKeyRequest = Schemas['CreateApiKeyRequest'];
export type Delivery = Schemas['Delivery'];
export type WebhookEndpoint = Schemas['WebhookEndpoint'];
export type NewWebhookEndpoint = Schemas['NewWebhookEndpoint'];
export type WebhookSecret = Schemas['WebhookSecret'];
export type StreamToken = Schemas['StreamToken'];
export type Redelivery = Schemas['WebhookRedelivery'];
export type Event = Schemas['Event'];

/** One page as the platform answers it. */
export interface Page<T> {
  readonly object: string;
  readonly data: T[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** What a webhook says: of a job, the job itself with `event` first. */
export type WebhookEvent =
  ({ readonly event: `video.${string}` } & Video) | { readonly event: string & {}; readonly [name: string]: unknown };
