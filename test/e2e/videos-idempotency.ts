import type { Customer } from './customer';
import type { Stage } from './stage';

const BODY = { prompt: 'fifty at once', resolution: '480p', duration: 1 };

/** On a fresh account. */
export function idempotency(stage: () => Stage): void {
  describe('the same idempotency key', () => {
    let live: Customer;

    beforeAll(() => {
      ({ live } = stage());
    });

    it('fifty times at once makes one job, one hold and fifty answers about it', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => live.create(BODY, { 'idempotency-key': 'fifty' })),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
      // Each shows the job as it is then: it may have begun while the fifty were answered.
      expect(new Set(answers.map(({ body: { id, created_at } }) => `${id} ${created_at}`)).size).toBe(1);
      expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(49);
      const { body } = await live.get<{ data: { kind: string }[] }>(`/v1/ledger?job_id=${answers[0]!.body.id}`);
      expect(body.data.filter((entry) => entry.kind === 'hold_placed')).toHaveLength(1);
      const list = await live.get<{ data: unknown[] }>('/v1/videos');
      expect(list.body.data).toHaveLength(1);
    });

    it('with another body is refused', async () => {
      await live.create(BODY, { 'idempotency-key': 'other' });
      const answer = await live.create({ ...BODY, duration: 2 }, { 'idempotency-key': 'other' });
      expect([answer.status, answer.body.error]).toEqual([422, 'idempotency_key_reused']);
    });

    it('with the same fields in another order is the same request', async () => {
      const first = await live.create(
        { prompt: 'order', duration: 1, resolution: '480p' },
        { 'idempotency-key': 'order' },
      );
      const second = await live.create(
        { resolution: '480p', duration: 1, prompt: 'order' },
        { 'idempotency-key': 'order' },
      );
      expect([second.status, second.body.id]).toEqual([202, first.body.id]);
    });

    it('may be used again after a refusal', async () => {
      const refused = await live.create({ ...BODY, duration: 11 }, { 'idempotency-key': 'again' });
      const accepted = await live.create(BODY, { 'idempotency-key': 'again' });
      expect([refused.status, accepted.status, accepted.headers.get('idempotent-replayed')]).toEqual([400, 202, null]);
    });

    it('is another key in the other environment', async () => {
      const { sandbox } = stage();
      const [one, other] = [
        await live.create(BODY, { 'idempotency-key': 'both' }),
        await sandbox.create(BODY, { 'idempotency-key': 'both' }),
      ];
      expect(one.body.id).not.toBe(other.body.id);
      expect([one.body.livemode, other.body.livemode]).toEqual([true, false]);
    });
  });
}
