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
  beforeAll(async () => {
    stage = await register(platform());
  });
  return () => stage!;
}

export async function register(platform: ServedPlatform): Promise<Stage> {
  const url = platform.credentials.api_url;
  const request = { email: `${randomUUID()}@example.com`, password: randomUUID(), account_name: 'A test' };
  const { status, text, body } = await new Customer(url, undefined).post<{
    account_id: string;
    live_key: string;
    test_key: string;
    webhook_secret: string;
  }>('/v1/auth/register', request);
  if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  const admin = Customer.admin(platform);
  const credited = await admin.post(`/admin/v1/accounts/${body.account_id}/credit`, {
    amount_usd: 250,
    payment_ref: 'first',
    note: 'Of a test',
  });
  if (credited.status !== 200) throw new Error(`crediting answered ${credited.status}: ${credited.text}`);
  return {
    platform,
    accountId: body.account_id,
    admin,
    webhookSecret: body.webhook_secret,
    live: new Customer(url, body.live_key),
    sandbox: new Customer(url, body.test_key),
  };
}
