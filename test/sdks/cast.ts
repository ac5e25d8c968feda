/** Registers the accounts whose keys the scenarios name. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface Platform {
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
}

interface Registered {
  readonly account_id: string;
  readonly live_key: string;
  readonly test_key: string;
  readonly webhook_secret: string;
}

/** Fresh accounts, and the environment in which a runner of scenarios finds their keys. */
export async function castFor(
  platform: Platform,
  standUrl: string,
  scenarios: string,
): Promise<Record<string, string>> {
  // One after the other: each costs the hash of a password.
  const [main, limited, full, suspended, capped] = [
    await register(platform),
    await register(platform),
    await register(platform),
    await register(platform),
    await register(platform),
  ];
  await Promise.all([
    limit(platform, limited, { creates_per_minute: 12, concurrent_jobs: 50, queued_jobs: 1_000 }),
    limit(platform, full, { queued_jobs: 0, freeze: true }),
    request(
      `${platform.adminUrl}/admin/v1/accounts/${suspended.account_id}/suspend`,
      'POST',
      { reason: 'unpaid' },
      platform.adminToken,
    ),
    request(`${platform.apiUrl}/v1/spend-caps`, 'PUT', { limit_usd: '0' }, capped.live_key),
  ]);
  return {
    USVIDEO_SCENARIOS: scenarios,
    USVIDEO_BASE_URL: platform.apiUrl,
    USVIDEO_STAND_URL: standUrl,
    USVIDEO_WEBHOOK_SECRET: main.webhook_secret,
    USVIDEO_API_KEY: main.test_key,
    USVIDEO_LIVE_API_KEY: main.live_key,
    USVIDEO_LIMITED_API_KEY: limited.test_key,
    USVIDEO_FULL_API_KEY: full.test_key,
    USVIDEO_SUSPENDED_API_KEY: suspended.live_key,
    USVIDEO_CAPPED_API_KEY: capped.live_key,
  };
}

async function register({ apiUrl, adminUrl, adminToken }: Platform): Promise<Registered> {
  // Somebody else at each try: the first may have been registered although it was answered 503.
  const body = () => ({ email: `${randomUUID()}@example.com`, password: randomUUID(), account_name: 'An SDK' });
  const registered = (await request(`${apiUrl}/v1/auth/register`, 'POST', body)) as Registered;
  await request(
    `${adminUrl}/admin/v1/accounts/${registered.account_id}/credit`,
    'POST',
    { amount_usd: 250, payment_ref: 'first' },
    adminToken,
  );
  return registered;
}

async function limit(
  { adminUrl, adminToken }: Platform,
  { account_id: accountId }: Registered,
  limits: Record<string, number | true>,
): Promise<void> {
  await request(
    `${adminUrl}/admin/v1/accounts/${accountId}/limits`,
    'PUT',
    { environment: 'test', ...limits },
    adminToken,
  );
}

/** A machine that is busy answers 503 and says for how long; what is asked for here may be asked for again. */
async function request(
  url: string,
  method: string,
  body: object | (() => object),
  key?: string,
  patience = 10,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    body: JSON.stringify(typeof body === 'function' ? body() : body),
    signal: AbortSignal.timeout(30_000),
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
  const text = await response.text();
  if (response.status === 503 && patience > 0) {
    await delay(Number(response.headers.get('retry-after') ?? 1) * 1_000);
    return request(url, method, body, key, patience - 1);
  }
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
