import type { Customer } from './customer';
import type { Stage } from './stage';

const BODY = { prompt: 'to be cancelled', resolution: '480p', duration: 1 };

/** The race is run in so many rounds of two jobs each. */
export function cancelling(stage: () => Stage, rounds = 20): void {
  describe('cancelling a video', () => {
    let live: Customer;
    let admin: Customer;

    beforeAll(() => {
      ({ live, admin } = stage());
    });

    const micros = async () => (await live.get<{ available_micros: number; held_micros: number }>('/v1/balance')).body;

    it('while it waits releases the hold before the answer, and again answers the same', async () => {
      const limits = `/admin/v1/accounts/${stage().accountId}/limits`;
      await admin.put(limits, { environment: 'live', concurrent_jobs: 1 });
      const running = await live.create({ ...BODY, resolution: '720p', duration: 3 });
      const before = await micros();
      const waiting = await live.create(BODY);
      expect(waiting.body.status).toBe('pending');
      const cancelled = await live.post<typeof waiting.body>(`/v1/videos/${waiting.body.id}/cancel`);
      expect(cancelled.status).toBe(200);
      expect(cancelled.body).toMatchObject({
        status: 'cancelled',
        cost_micros: 0,
        billing: { state: 'released', settled: true, charged_micros: 0 },
      });
      expect(await micros()).toEqual(before);
      const again = await live.delete<typeof waiting.body>(`/v1/videos/${waiting.body.id}`);
      expect([again.status, again.body.status]).toEqual([200, 'cancelled']);
      expect((await live.ended(running.body.id)).status).toBe('completed');
      const late = await live.post<{ error: string; status: string }>(`/v1/videos/${running.body.id}/cancel`);
      expect([late.status, late.body.error, late.body.status]).toEqual([409, 'job_not_cancellable', 'completed']);
      await admin.put(limits, { environment: 'live', concurrent_jobs: 10 });
    });

    it('of somebody else is not found', async () => {
      const { body } = await stage().sandbox.create(BODY);
      const answer = await live.post<{ error: string }>(`/v1/videos/${body.id}/cancel`);
      expect([answer.status, answer.body.error]).toEqual([404, 'job_not_found']);
    });

    it('races the start of rendering: exactly one wins, and the money matches', async () => {
      const before = await micros();
      let charged = 0;
      const outcomes = { cancelled: 0, completed: 0 };
      for (let round = 0; round < rounds; round++) {
        const jobs = await Promise.all(Array.from({ length: 2 }, () => live.create(BODY)));
        await Promise.all(
          jobs.map(async ({ body }, index) => {
            // The start comes within a few tens of milliseconds of the create; the cancels are spread over the same span.
            const answers = [];
            for (let look = 0; look < round + index; look++)
              answers.push((await live.get(`/v1/videos/${body.id}`)).status);
            const cancel = await live.post<{ status: string }>(`/v1/videos/${body.id}/cancel`);
            const job = await live.ended(body.id);
            expect(cancel.status).toBe(job.status === 'cancelled' ? 200 : 409);
            expect(['cancelled', 'completed']).toContain(job.status);
            outcomes[job.status as 'cancelled' | 'completed'] += 1;
            charged += job.cost_micros!;
            expect(job.cost_micros).toBe(job.status === 'completed' ? job.estimated_cost_micros : 0);
          }),
        );
      }
      const after = await micros();
      expect(before.available_micros - after.available_micros).toBe(charged);
      expect(after.held_micros).toBe(before.held_micros);
      expect((await admin.get<{ differences: string[] }>('/admin/v1/ledger/verify')).body.differences).toEqual([]);
      // A few rounds may all end alike; many of them that did would not have been a race.
      if (rounds >= 20) expect(Math.min(outcomes.cancelled, outcomes.completed)).toBeGreaterThan(0);
    }, 240_000);
  });
}
