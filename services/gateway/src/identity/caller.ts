export const SCOPES = [
  'videos',
  'videos:unquoted',
  'billing:read',
  'webhooks',
  'keys:read',
  'keys:manage',
  'billing:manage',
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a key may do when its maker names nothing. */
export const DEFAULT_SCOPES: readonly Scope[] = ['videos', 'billing:read', 'webhooks', 'keys:read'];

/** Who a verified key speaks for. */
export interface Caller {
  readonly accountId: string;
  readonly keyId: string;
  /** live or test. */
  readonly environment: string;
  readonly scopes: readonly string[];
  readonly suspended: boolean;
  /** Of a stream token: what it opened ends then. */
  readonly until?: Date;
}

export type Policy = 'reads' | 'creates';
