import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { HttpReceiver } from '@usvideo/testing';
import { Customer, type Problem } from './customer';
import type { Stage } from './stage';

const VALID = { prompt: 'a calm sea at dawn', resolution: '480p', duration: 1 };

/** A PNG of noise, so that compression does not make it small. */
async function pngOfAbout(bytes: number): Promise<Buffer> {
  const side = Math.floor(Math.sqrt(bytes / 3.01));
  const noise = Buffer.alloc(side * side * 3);
  let state = 1;
  for (let at = 0; at < noise.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[at] = state >>> 24;
  }
  return sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

const dataUri = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;

export function creating(stage: () => Stage): void {
  describe('creating a video', () => {
    let live: Customer;
    let sandbox: Customer;
    let admin: Customer;
    let files: HttpReceiver;

    beforeAll(async () => {
      ({ live, sandbox, admin } = stage());
      const png = await sharp({ create: { width: 64, height: 36, channels: 3, background: '#c02020' } })
        .png()
        .toBuffer();
      files = await stage().platform.receiver();
      files.answerWith(({ path }, response) => {
        if (path === '/frame.png') response.writeHead(200, { 'content-type': 'image/png' }).end(png);
        else if (path === '/text.png')
          response.writeHead(200, { 'content-type': 'image/png' }).end('this is not a picture');
        else if (path === '/truncated.png')
          response.writeHead(200, { 'content-type': 'image/png' }).end(png.subarray(0, 60));
        else response.writeHead(404).end();
      });
    });

    afterAll(() => files.stop());

    const balance = async () => (await live.get<{ available_micros: number; held_micros: number }>('/v1/balance')).body;

    it.each<[string, Record<string, unknown>, string]>([
      ['a duration of 0', { ...VALID, duration: 0 }, 'duration'],
      ['a duration of 11', { ...VALID, duration: 11 }, 'duration'],
      ['a duration of 2.5', { ...VALID, duration: 2.5 }, 'duration'],
      ['a duration of "5"', { ...VALID, duration: '5' }, 'duration'],
      ['no prompt', { resolution: '480p' }, 'prompt'],
      ['a blank prompt', { ...VALID, prompt: '  \n ' }, 'prompt'],
      ['a prompt of 4,001 characters', { ...VALID, prompt: 'x'.repeat(4_001) }, 'prompt'],
      ['NUL in the prompt', { ...VALID, prompt: 'a\u0000b' }, 'prompt'],
      ['NUL in metadata', { ...VALID, metadata: { a: 'b\u0000' } }, 'metadata'],
      ['an unknown field', { ...VALID, colour: 'red' }, 'colour'],
      ['an unknown resolution', { ...VALID, resolution: '4k' }, 'resolution'],
      ['an unknown aspect ratio', { ...VALID, aspect_ratio: '4:3' }, 'aspect_ratio'],
      ['an unknown model', { ...VALID, model: 'no-such-model' }, 'model'],
      ['a negative seed', { ...VALID, seed: -1 }, 'seed'],
      ['a deadline of 9 s', { ...VALID, deadline_seconds: 9 }, 'deadline_seconds'],
      [
        '17 metadata pairs',
        { ...VALID, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])) },
        'metadata',
      ],
      ['a webhook to loopback', { ...VALID, webhook_url: 'https://[::1]/hook' }, 'webhook_url'],
      [
        'a webhook to the metadata address',
        { ...VALID, webhook_url: 'https://169.254.169.254/latest/meta-data' },
        'webhook_url',
      ],
      ['a webhook to a decimal private address', { ...VALID, webhook_url: 'https://167772161/hook' }, 'webhook_url'],
      ['a webhook with credentials', { ...VALID, webhook_url: 'https://user:pass@example.com/hook' }, 'webhook_url'],
      ['a webhook over plain http', { ...VALID, webhook_url: 'http://example.com/hook' }, 'webhook_url'],
      ['a first frame at a private address', { ...VALID, first_frame: 'https://10.0.0.1/frame.png' }, 'first_frame'],
      [
        'a first frame that is text',
        { ...VALID, first_frame: dataUri('image/png', Buffer.from('this is not a picture')) },
        'first_frame',
      ],
    ])('refuses %s, names the field and holds nothing', async (_, body, field) => {
      const before = await balance();
      const answer = await live.create(body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toBe('invalid_request');
      expect(answer.body.details?.map((detail) => detail.field.split('.')[0])).toContain(field);
      expect(answer.body.message).not.toBe('');
      expect(await balance()).toEqual(before);
    });

    it('refuses a truncated PNG', async () => {
      const whole = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#204080' } })
        .png()
        .toBuffer();
      const answer = await live.create({
        ...VALID,
        first_frame: dataUri('image/png', whole.subarray(0, whole.length - 200)),
      });
      expect([answer.status, answer.body.details?.[0]?.field]).toEqual([400, 'first_frame']);
    });

    it('tells all faults at once', async () => {
      const { body } = await live.create({ prompt: '', duration: 99, resolution: '9p', extra: 1 });
      expect(body.details?.map((detail) => detail.field).sort()).toEqual(['duration', 'extra', 'prompt', 'resolution']);
    });

    it.each<[string, string | Uint8Array, Record<string, string>, number, string]>([
      ['broken JSON', '{"prompt": ', {}, 400, 'invalid_request'],
      ['an array', '[]', {}, 400, 'invalid_request'],
      ['a string', '"hello"', {}, 400, 'invalid_request'],
      [
        'another content type',
        'prompt=x',
        { 'content-type': 'application/x-www-form-urlencoded' },
        415,
        'unsupported_media_type',
      ],
      ['a body of 17 MiB', `{"prompt":"${'x'.repeat(17 * 1024 * 1024)}"}`, {}, 413, 'payload_too_large'],
      ['an idempotency key with a space', JSON.stringify(VALID), { 'idempotency-key': 'a b' }, 400, 'invalid_request'],
      [
        'an idempotency key of 256 characters',
        JSON.stringify(VALID),
        { 'idempotency-key': 'k'.repeat(256) },
        400,
        'invalid_request',
      ],
    ])('refuses %s', async (_, body, headers, status, error) => {
      const answer = await live.request<Problem>('POST', '/v1/videos', body, headers);
      expect([answer.status, answer.body.error]).toEqual([status, error]);
    });

    it('accepts a data URI of 10 MiB', async () => {
      const png = await pngOfAbout(10 * 1024 * 1024 - 40_000);
      expect(png.length).toBeGreaterThan(9.9 * 1024 * 1024);
      const answer = await sandbox.create({ ...VALID, first_frame: dataUri('image/png', png) });
      expect(answer.status).toBe(202);
      expect((await sandbox.ended(answer.body.id)).status).toBe('completed');
    });

    it.each<[string, string, string]>([
      ['is a 404', '/missing.png', 'first_frame_unreachable'],
      ['is a text file', '/text.png', 'first_frame_invalid'],
      ['is a truncated PNG', '/truncated.png', 'first_frame_invalid'],
    ])('fails, uncharged, a job whose first frame %s', async (_, path, code) => {
      const before = await balance();
      const { body } = await live.create({ ...VALID, first_frame: `${files.url}${path}` });
      const job = await live.ended(body.id);
      expect([job.status, job.error?.code, job.billing.state, job.cost_micros]).toEqual([
        'failed',
        code,
        'released',
        0,
      ]);
      expect(await balance()).toEqual(before);
    });

    it('takes the aliases of older clients', async () => {
      const { status, body } = await sandbox.create({
        prompt: 'alias',
        size: '480p',
        duration: 1,
        image_url: `${files.url}/frame.png`,
      });
      expect([status, (body as unknown as { mode: string }).mode]).toEqual([202, 'image_to_video']);
    });

    it('answers Location and the same limit headers on success and refusal', async () => {
      const accepted = await sandbox.create(VALID);
      expect(accepted.headers.get('location')).toBe(`${live.url}/v1/videos/${accepted.body.id}`);
      const answers = [
        accepted,
        await sandbox.create({}),
        await sandbox.get('/v1/nothing'),
        await sandbox.request('PATCH', '/v1/videos'),
        await new Customer(sandbox.url, undefined).get('/v1/videos'),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([202, 400, 404, 405, 401]);
      for (const { headers } of answers) {
        expect(headers.get('x-request-id')).toMatch(/\S/);
        for (const name of ['limit', 'remaining', 'reset']) expect(headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/);
      }
    });

    it('refuses a balance that is one cent short, and accepts the exact one', async () => {
      const { body: account } = await admin.post<{ account_id: string; live_key: string }>('/admin/v1/accounts', {
        email: `${randomUUID()}@example.com`,
        account_name: 'Poor',
      });
      const poor = new Customer(live.url, account.live_key);
      await admin.post(`/admin/v1/accounts/${account.account_id}/credit`, {
        amount_usd: '0.09',
        payment_ref: 'first',
        note: 'short',
      });
      const short = await poor.create(VALID);
      expect([short.status, short.body.error]).toEqual([402, 'insufficient_balance']);
      await admin.post(`/admin/v1/accounts/${account.account_id}/credit`, {
        amount_usd: '0.01',
        payment_ref: 'second',
        note: 'the last cent',
      });
      const exact = await poor.create(VALID);
      expect(exact.status).toBe(202);
      expect((await poor.ended(exact.body.id)).status).toBe('completed');
      expect((await poor.get('/v1/balance')).body).toMatchObject({
        available: '$0.00',
        available_micros: 0,
        held_micros: 0,
        total_spend: '$0.10',
      });
    });
  });
}
