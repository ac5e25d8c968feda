import { randomUUID } from 'node:crypto';
import { Customer } from './customer';
import type { ServedPlatform } from './platform';

/** A platform, and somebody who has an account with $250.00 on it. */
export interface Stage {
  readonly platform: ServedPlatform;
  readonly accountId: string;
  readonly live: Customer;
  readonly sandbox: Customer;
  readonly admin: Customer;
  readonly webhookSecret: string;
}

export const START_TIMEOUT_MS = 150_000;

/** For the tests that follow: an account of their own on a platform that others use too. */
export function ownAccount(platform: () => ServedPlatform): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => { stage = await register(platform()); });
  return () => stage!;
}

/** What `SIGNUP_CREDIT_USD` of a shared platform has to be. */
export const SIGNUP_CREDIT = { SIGNUP_CREDIT_USD: '250' };

export async function register(platform: ServedPlatform): Promise<Stage> {
  const url = platform.credentials.api_url;
  const request = { email: `${randomUUID()}@example.com`, password: randomUUID(), account_name: 'A test' };
  const { status, text, body } = await new Customer(url, undefined).post<{ account_id: string; live_key: string; test_key: string; webhook_secret: string }>('/v1/auth/register', request);
  if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  return {
    platform, accountId: body.account_id, admin: Customer.admin(platform), webhookSecret: body.webhook_secret,
    live: new Customer(url, body.live_key), sandbox: new Customer(url, body.test_key),
  };
}
