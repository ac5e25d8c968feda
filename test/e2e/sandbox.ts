import type { HttpReceiver } from '@usvideo/testing';
import type { Customer, Job } from './customer';
import type { Stage } from './stage';

const BODY = { resolution: '480p', duration: 1 };

export function theSandbox(stage: () => Stage): void {
  describe('the sandbox', () => {
    let sandbox: Customer;
    let receiver: HttpReceiver;

    beforeAll(async () => {
      ({ sandbox } = stage());
      receiver = await stage().platform.receiver();
    });

    afterAll(() => receiver.stop());

    it('walks the real states to a real small MP4, for play money', async () => {
      const before = (await stage().live.get('/v1/balance')).body;
      expect((await sandbox.get('/v1/balance')).body).toMatchObject({
        livemode: false,
        available: '$1000.00',
        held: '$0.00',
        total_spend: '$0.00',
      });
      const { body } = await sandbox.create({ ...BODY, prompt: 'a test' });
      const job = await sandbox.settled(body.id);
      expect(job).toMatchObject({
        status: 'completed',
        livemode: false,
        cost: '$0.10',
        billing: { state: 'charged', charged_micros: 100_000 },
      });
      expect((await fetch(job.video_url!)).headers.get('content-type')).toBe('video/mp4');
      expect((await stage().live.get('/v1/balance')).body).toEqual(before);
    });

    it('accounts for play money as for real money, to the cent, and says everywhere that it is none', async () => {
      const { body: balance } = await sandbox.get('/v1/balance');
      expect(balance).toMatchObject({
        livemode: false,
        available: '$999.90',
        total_spend: '$0.10',
        current_period: { spend: '$0.10', jobs: 1 },
      });
      const { body: usage } = await sandbox.get('/v1/usage');
      expect(usage).toMatchObject({ livemode: false, data: [{ cost: '$0.10' }], totals: { jobs: 1, cost: '$0.10' } });
      const { body: entries } = await sandbox.get<{ data: { kind: string; livemode: boolean }[] }>('/v1/ledger');
      expect(entries.data.map(({ kind, livemode }) => [kind, livemode])).toEqual([
        ['hold_captured', false],
        ['hold_placed', false],
        ['funds_added', false],
      ]);
      expect((await sandbox.get('/v1/statements')).body).toMatchObject({
        livemode: false,
        data: [{ livemode: false, added: '$1000.00', charged: '$0.10', closing_balance: '$999.90' }],
      });
    });

    it('refuses what play money cannot pay, and goes on after a reset', async () => {
      const held = await sandbox.create({ ...BODY, prompt: 'sandbox:hold_pending=600' });
      expect((await sandbox.get('/v1/balance')).body).toMatchObject({ held: '$0.10', available: '$999.80' });
      expect((await sandbox.post('/v1/sandbox/reset')).body).toMatchObject({
        object: 'balance',
        livemode: false,
        balance: '$1000.00',
        held: '$0.10',
        available: '$999.90',
      });
      expect((await stage().live.post('/v1/sandbox/reset')).status).toBe(403);
      await sandbox.post(`/v1/videos/${held.body.id}/cancel`);
      await sandbox.settled(held.body.id);
      expect((await sandbox.get('/v1/balance')).body).toMatchObject({
        balance: '$1000.00',
        held: '$0.00',
        total_spend: '$0.10',
      });
    });

    it.each(['content_rejected', 'engine_error', 'render_timeout'])(
      'fails with %s when the prompt asks for it',
      async (code) => {
        const { body } = await sandbox.create({ ...BODY, prompt: `please sandbox:fail=${code}` });
        const job = await sandbox.ended(body.id);
        expect([job.status, job.error?.code, job.cost_micros]).toEqual(['failed', code, 0]);
      },
    );

    it.each([
      [402, 'insufficient_balance'],
      [429, 'rate_limit_exceeded'],
      [503, 'capacity_exhausted'],
    ])('answers %d when the prompt asks for it', async (status, error) => {
      const answer = await sandbox.create({ ...BODY, prompt: `sandbox:http=${status}` });
      expect([answer.status, answer.body.error]).toEqual([status, error]);
      if (status !== 402) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    });

    it('stays pending as long as the prompt asks, and can be cancelled meanwhile', async () => {
      const { body } = await sandbox.create({ ...BODY, prompt: 'sandbox:hold_pending=30' });
      const waited = await sandbox.get<Job>(`/v1/videos/${body.id}`, { prefer: 'wait=1' });
      expect([waited.body.status, waited.headers.get('preference-applied')]).toEqual(['pending', 'wait=1']);
      expect((await sandbox.post<Job>(`/v1/videos/${body.id}/cancel`)).body.status).toBe('cancelled');
    });

    it('sends a webhook twice under one id when the prompt asks for it', async () => {
      const { body } = await sandbox.create({
        ...BODY,
        prompt: 'sandbox:duplicate_webhook',
        webhook_url: receiver.url,
      });
      const [first, second] = (await receiver.received(2, 20_000)).map(({ headers, body: bytes }) => ({
        headers,
        text: bytes.toString('utf8'),
      }));
      expect((JSON.parse(first!.text) as Job).id).toBe(body.id);
      expect([first!.headers['webhook-id'], first!.text]).toEqual([second!.headers['webhook-id'], second!.text]);
    });
  });
}
