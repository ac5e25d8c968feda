import { setTimeout } from 'node:timers/promises';
import { type Answer, Customer, type Problem } from './customer';
import { register, type Stage } from './stage';

const BODY = { prompt: 'refused', resolution: '480p', duration: 1 };

/** The contract's codes that only broken or waiting parts can provoke, and the tests that do. */
const PROVOKED_ELSEWHERE: Readonly<Record<string, string>> = {
  cursor_expired: 'services/gateway/src/events/events.int.spec.ts',
  idempotency_in_progress: 'services/scheduler/src/submission/idempotency.int.spec.ts',
  mfa_required: 'services/gateway/src/accounts/sign-in.int.spec.ts',
  not_configured: 'services/gateway/src/accounts/sign-in.int.spec.ts',
  quote_expired: 'services/scheduler/src/reconciliation/reconciliation.loop.int.spec.ts',
  price_unavailable: 'services/scheduler/src/submission/submission-steps.int.spec.ts',
  internal_error: 'services/gateway/src/access/access.http.int.spec.ts',
  service_unavailable: 'test/e2e/outage.ts',
};

/** Each way to be refused, through the public port only. */
const REFUSED: Readonly<
  Record<string, { readonly status: number; readonly by: (world: Stage) => Promise<Answer<Problem>> }>
> = {
  invalid_request: { status: 400, by: ({ live }) => live.create({}) },
  invalid_api_key: { status: 401, by: ({ live }) => new Customer(live.url, undefined).get('/v1/videos') },
  invalid_credentials: {
    status: 401,
    by: ({ live }) =>
      new Customer(live.url, undefined).post('/v1/auth/login', {
        email: 'nobody@example.com',
        password: 'not a password',
      }),
  },
  signed_out: { status: 401, by: ({ live }) => new Customer(live.url, undefined).get('/v1/auth/session') },
  insufficient_balance: { status: 402, by: ({ sandbox }) => sandbox.create({ ...BODY, prompt: 'sandbox:http=402' }) },
  spend_cap_reached: {
    status: 402,
    by: async ({ live }) => {
      await live.put('/v1/spend-caps', { limit_usd: '0.01' });
      return live.create(BODY);
    },
  },
  forbidden: { status: 403, by: ({ sandbox }) => sandbox.post<Problem>('/v1/topups', { amount_usd: '5' }) },
  account_suspended: {
    status: 403,
    by: async ({ platform, admin }) => {
      const other = await register(platform);
      await admin.post(`/admin/v1/accounts/${other.accountId}/suspend`, { reason: 'unpaid' });
      return other.live.get('/v1/balance');
    },
  },
  job_not_found: { status: 404, by: ({ live }) => live.get('/v1/videos/job_00000000000000000000000000') },
  not_found: { status: 404, by: ({ live }) => live.get('/v1/nothing') },
  method_not_allowed: { status: 405, by: ({ live }) => live.request('PATCH', '/v1/videos') },
  job_not_cancellable: {
    status: 409,
    by: async ({ sandbox }) => {
      const { body } = await sandbox.create(BODY);
      await sandbox.ended(body.id);
      return sandbox.post(`/v1/videos/${body.id}/cancel`);
    },
  },
  job_not_ended: {
    status: 409,
    by: async ({ sandbox }) => {
      const { body } = await sandbox.create({ ...BODY, prompt: 'sandbox:hold_pending=600' });
      return sandbox.delete(`/v1/videos/${body.id}/content`);
    },
  },
  quote_mismatch: { status: 409, by: ({ live }) => live.create({ ...BODY, quote_id: 'quote_forged' }) },
  video_expired: {
    status: 410,
    by: async ({ sandbox }) => {
      const { body } = await sandbox.create(BODY);
      const { video_url: url } = await sandbox.ended(body.id);
      await sandbox.delete(`/v1/videos/${body.id}/content`);
      return sandbox.get(new URL(url!).pathname + new URL(url!).search);
    },
  },
  payload_too_large: { status: 413, by: ({ live }) => live.create({ ...BODY, prompt: 'x'.repeat(17 * 1024 * 1024) }) },
  unsupported_media_type: {
    status: 415,
    by: ({ live }) => live.request('POST', '/v1/videos', 'prompt=x', { 'content-type': 'text/plain' }),
  },
  range_not_satisfiable: {
    status: 416,
    by: async ({ sandbox }) => {
      const { body } = await sandbox.create(BODY);
      const { video_url: url } = await sandbox.ended(body.id);
      return sandbox.get(new URL(url!).pathname + new URL(url!).search, { range: 'bytes=999999999-' });
    },
  },
  idempotency_key_reused: {
    status: 422,
    by: async ({ sandbox }) => {
      await sandbox.create(BODY, { 'idempotency-key': 'twice' });
      return sandbox.create({ ...BODY, duration: 2 }, { 'idempotency-key': 'twice' });
    },
  },
  rate_limit_exceeded: {
    status: 429,
    by: async ({ platform, admin }) => {
      const other = await register(platform);
      await admin.put(`/admin/v1/accounts/${other.accountId}/limits`, { environment: 'test', creates_per_minute: 1 });
      await other.sandbox.create(BODY);
      return other.sandbox.create(BODY);
    },
  },
  queue_limit_exceeded: {
    status: 429,
    by: async ({ platform, admin }) => {
      const other = await register(platform);
      await admin.put(`/admin/v1/accounts/${other.accountId}/limits`, {
        environment: 'test',
        queued_jobs: 0,
        freeze: true,
      });
      return other.sandbox.create(BODY);
    },
  },
  request_header_too_large: {
    status: 431,
    by: ({ live }) => live.get('/v1/videos', { 'x-large': 'x'.repeat(20_000) }),
  },
  capacity_exhausted: { status: 503, by: ({ sandbox }) => sandbox.create({ ...BODY, prompt: 'sandbox:http=503' }) },
};

export function refusals(stage: () => Stage): void {
  describe('a refusal', () => {
    it.each(Object.keys(REFUSED))(
      "%s has the contract's status, form and headers",
      async (code) => {
        const { status, by } = REFUSED[code]!;
        const { headers, body, ...answer } = await by(stage());
        expect([answer.status, body.error]).toEqual([status, code]);
        expect(body.message).toMatch(/\w/);
        expect(body.request_id).toBe(headers.get('x-request-id'));
        expect(new URL(body.doc_url).pathname).toBe(`/docs/errors/${code}`);
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        for (const name of ['limit', 'remaining', 'reset'])
          expect([name, headers.get(`x-ratelimit-${name}`)]).toEqual([name, expect.stringMatching(/^\d+$/)]);
        expect(
          Object.keys(body).filter(
            (name) => !['error', 'message', 'request_id', 'doc_url', 'details', 'status'].includes(name),
          ),
        ).toEqual([]);
        const [seconds, ms] = [headers.get('retry-after'), headers.get('retry-after-ms')];
        if (status === 429 || status === 503) expect(Number(seconds)).toBe(Math.ceil(Number(ms) / 1_000));
        else expect([seconds, ms]).toEqual([null, null]);
        if (status === 405) expect(headers.get('allow')).toBe('GET, HEAD, POST');
      },
      60_000,
    );

    it('is known to the reference, and each that it knows is provoked by a test', async () => {
      const { body } = await stage().live.get<{
        components: { schemas: { Error: { properties: { error: { description: string } } } } };
      }>('/openapi.json');
      const published = /refusal: ([a-z_, ]+);/
        .exec(body.components.schemas.Error.properties.error.description)![1]!
        .split(', ');
      expect(published.sort()).toEqual([...Object.keys(REFUSED), ...Object.keys(PROVOKED_ELSEWHERE)].sort());
    });

    it('for too many requests is over when it says so', async () => {
      const { platform, admin } = stage();
      const other = await register(platform);
      await admin.put(`/admin/v1/accounts/${other.accountId}/limits`, { environment: 'test', creates_per_minute: 30 });
      const answers = await Promise.all(Array.from({ length: 70 }, () => other.sandbox.create(BODY)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      // As a client does that obeys: the time is what is tested here.
      await setTimeout(Math.max(...refused.map(({ headers }) => Number(headers.get('retry-after-ms')))));
      expect((await other.sandbox.create(BODY)).status).toBe(202);
    }, 60_000);
  });
}
