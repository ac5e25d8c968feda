import { randomUUID } from 'node:crypto';
import { Customer, type Problem } from './customer';
import { register, type Stage } from './stage';

export function apiKeys(stage: () => Stage): void {
  describe('API keys', () => {
    let live: Customer;
    let sandbox: Customer;
    let admin: Customer;

    beforeAll(() => {
      ({ live, sandbox, admin } = stage());
    });

    it.each<[string, string | undefined]>([
      ['missing', undefined],
      ['malformed', 'hello'],
      ['unknown', `usv_live_${'A'.repeat(43)}`],
    ])('that are %s are refused', async (_, key) => {
      const answer = await new Customer(live.url, key).get<Problem>('/v1/videos');
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_api_key']);
    });

    it('see their own account and environment only', async () => {
      const other = await register(stage().platform);
      expect(other.webhookSecret).toMatch(/^whsec_/);
      const job = await live.create({ prompt: 'mine', resolution: '480p', duration: 1 });
      const strangers = [other.live, other.sandbox, sandbox];
      const unknown = await live.get<Problem>('/v1/videos/job_00000000000000000000000000');
      for (const stranger of strangers) {
        const answer = await stranger.get<Problem>(`/v1/videos/${job.body.id}`);
        expect([answer.status, answer.body.error, answer.body.message]).toEqual([
          404,
          'job_not_found',
          unknown.body.message,
        ]);
        expect((await stranger.get<{ data: unknown[] }>('/v1/videos')).body.data).toEqual([]);
      }
      expect((await live.get(`/v1/videos/${job.body.id}`)).status).toBe(200);
    });

    it('are made, listed without their secret, rotated with an overlap and revoked', async () => {
      const made = await live.post<{ id: string; secret: string }>('/v1/api-keys', { name: 'ci' });
      expect(made.status).toBe(201);
      const ci = new Customer(live.url, made.body.secret);
      expect((await ci.get('/v1/balance')).status).toBe(200);
      const listed = await live.get<{ data: { id: string; masked_key: string }[] }>('/v1/api-keys');
      expect(listed.body.data.map((key) => key.id)).toContain(made.body.id);
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
      const { body } = await admin.post<{ account_id: string; live_key: string }>('/admin/v1/accounts', {
        email: `${randomUUID()}@example.com`,
        account_name: 'Late',
      });
      const customer = new Customer(live.url, body.live_key);
      expect((await admin.post(`/admin/v1/accounts/${body.account_id}/suspend`, { reason: 'unpaid' })).status).toBe(
        200,
      );
      const refused = await customer.get<Problem>('/v1/balance');
      expect([refused.status, refused.body.error]).toEqual([403, 'account_suspended']);
      expect((await admin.post(`/admin/v1/accounts/${body.account_id}/resume`, {})).status).toBe(200);
    });

    it("do not open the operators' doors, and the public port does not route them", async () => {
      expect((await new Customer(admin.url, live.key).get('/admin/v1/accounts')).status).toBe(401);
      expect((await live.get('/admin/v1/accounts')).status).toBe(404);
      expect((await live.get('/metrics')).status).toBe(404);
    });
  });
}
