import { Customer, type Problem } from './customer';
import { Platform } from './platform';

describe('API keys', () => {
  let platform: Platform;
  let live: Customer;

  beforeAll(async () => {
    platform = await Platform.start({ ENGINES: 'sandbox' });
    live = Customer.live(platform);
  });

  afterAll(() => platform.dispose());

  it.each<[string, string | undefined]>([
    ['missing', undefined], ['malformed', 'hello'], ['unknown', `usv_live_${'A'.repeat(43)}`],
  ])('that are %s are refused', async (_, key) => {
    const answer = await new Customer(live.url, key).get<Problem>('/v1/videos');
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_api_key']);
  });

  it('see their own account and environment only', async () => {
    const other = await new Customer(live.url, undefined).post<{ live_key: string; test_key: string; webhook_secret: string }>('/v1/auth/register', { email: 'other@example.com', password: 'correct horse battery', account_name: 'Other' });
    expect(other.status).toBe(201);
    expect(other.body.webhook_secret).toMatch(/^whsec_/);
    const job = await live.create({ prompt: 'mine', resolution: '480p', duration: 1 });
    const strangers = [new Customer(live.url, other.body.live_key), new Customer(live.url, other.body.test_key), Customer.test(platform)];
    const unknown = await live.get<Problem>('/v1/videos/job_00000000000000000000000000');
    for (const stranger of strangers) {
      const answer = await stranger.get<Problem>(`/v1/videos/${job.body.id}`);
      expect([answer.status, answer.body.error, answer.body.message]).toEqual([404, 'job_not_found', unknown.body.message]);
      expect((await stranger.get<{ data: unknown[] }>('/v1/videos')).body.data).toEqual([]);
    }
    expect((await live.get(`/v1/videos/${job.body.id}`)).status).toBe(200);
  });

  it('are made, listed without their secret, rotated with an overlap and revoked', async () => {
    const made = await live.post<{ id: string; secret: string }>('/v1/api-keys', { name: 'ci' });
    expect(made.status).toBe(201);
    const ci = new Customer(live.url, made.body.secret);
    expect((await ci.get('/v1/balance')).status).toBe(200);
    const listed = await live.get<{ keys: { id: string; masked_key: string }[] }>('/v1/api-keys');
    expect(listed.body.keys.map((key) => key.id)).toContain(made.body.id);
    expect(listed.text).not.toContain(made.body.secret);
    const rotated = await live.post<{ id: string; secret: string }>(`/v1/api-keys/${made.body.id}/rotate`, {});
    expect(rotated.status).toBe(201);
    expect((await ci.get('/v1/balance')).status).toBe(200);
    const fresh = new Customer(live.url, rotated.body.secret);
    expect((await fresh.get('/v1/balance')).status).toBe(200);
    expect((await live.delete(`/v1/api-keys/${rotated.body.id}`)).status).toBeLessThan(300);
    const refused = await fresh.get<Problem>('/v1/balance');
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_api_key']);
  });

  it('without the scope are refused, naming it', async () => {
    const made = await live.post<{ secret: string }>('/v1/api-keys', { name: 'narrow', scopes: ['billing:read'] });
    const narrow = new Customer(live.url, made.body.secret);
    const answer = await narrow.create({ prompt: 'no', resolution: '480p', duration: 1 });
    expect([answer.status, answer.body.error]).toEqual([403, 'forbidden']);
    expect(answer.body.message).toContain('videos');
  });

  it('of a suspended account are refused until it is resumed', async () => {
    const admin = Customer.admin(platform);
    const { body } = await admin.post<{ account_id: string; live_key: string }>('/admin/v1/accounts', { email: 'late@example.com', account_name: 'Late' });
    const customer = new Customer(live.url, body.live_key);
    expect((await admin.post(`/admin/v1/accounts/${body.account_id}/suspend`, { reason: 'unpaid' })).status).toBe(200);
    const refused = await customer.get<Problem>('/v1/balance');
    expect([refused.status, refused.body.error]).toEqual([403, 'account_suspended']);
    expect((await admin.post(`/admin/v1/accounts/${body.account_id}/resume`, {})).status).toBe(200);
  });

  it('do not open the operators\' doors, and the public port does not route them', async () => {
    expect((await new Customer(platform.credentials.admin_url, platform.credentials.live_key).get('/admin/v1/accounts')).status).toBe(401);
    expect((await live.get('/admin/v1/accounts')).status).toBe(404);
    expect((await live.get('/metrics')).status).toBe(404);
  });
});
