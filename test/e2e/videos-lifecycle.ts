import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import sharp from 'sharp';
import type { HttpReceiver } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import { probeVideo } from '../../services/standalone/src/demo/probe';
import type { Customer, Job } from './customer';
import type { Stage } from './stage';

interface Update {
  readonly id: string;
  readonly job: Job;
}

/** Reads a job's event stream to its end. */
async function follow(customer: Customer, jobId: string, lastEventId?: string): Promise<Update[]> {
  const response = await fetch(`${customer.url}/v1/videos/${jobId}/events`, {
    headers: { authorization: `Bearer ${customer.key}`, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trim())
          .join('\n');
      return { id: field('id'), job: JSON.parse(field('data')) as Job };
    });
}

/** On a fresh account. */
export function lifeOfAVideo(stage: () => Stage, progressValuesMin = 10): void {
  describe('the life of a video', () => {
    let live: Customer;
    let receiver: HttpReceiver;
    let folder: string;

    beforeAll(async () => {
      ({ live } = stage());
      receiver = await stage().platform.receiver();
      folder = mkdtempSync(join(tmpdir(), 'usv-videos-'));
    });

    afterAll(async () => {
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function download(job: Job): Promise<{ file: string; digest: string }> {
      const bytes = Buffer.from(await (await fetch(job.video_url!)).arrayBuffer());
      const file = join(folder, `${job.id}.mp4`);
      writeFileSync(file, bytes);
      return { file, digest: createHash('sha256').update(bytes).digest('hex') };
    }

    const make = async (body: Record<string, unknown>) =>
      live.ended((await live.create({ resolution: '480p', duration: 1, ...body })).body.id);

    it('goes from prompt to a paid MP4, progress by progress, and a signed webhook', async () => {
      const created = await live.create({
        prompt: 'five seconds of sea',
        resolution: '720p',
        duration: 5,
        seed: 7,
        metadata: { order: '42' },
        webhook_url: receiver.url,
      });
      expect(created.body).toMatchObject({
        status: 'pending',
        estimated_cost_micros: 1_250_000,
        cost: null,
        metadata: { order: '42' },
        billing: { state: 'held' },
      });
      const updates = await follow(live, created.body.id);
      const values = updates.map(({ job }) => job.progress);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(new Set(values).size).toBeGreaterThanOrEqual(progressValuesMin);
      const states = [...new Set(updates.map(({ job }) => job.status))];
      expect(states.slice(-2)).toEqual(['processing', 'completed']);
      const resumed = await follow(live, created.body.id, updates.at(-2)!.id);
      expect(resumed.map(({ id }) => id)).toEqual([updates.at(-1)!.id]);
      expect(
        (await live.get(`/v1/videos/${created.body.id}/events`, { 'last-event-id': updates.at(-1)!.id })).status,
      ).toBe(204);

      const job = (await live.get<Job>(`/v1/videos/${created.body.id}`)).body;
      expect(job).toMatchObject({
        status: 'completed',
        cost: '$1.25',
        progress: 100,
        billing: { state: 'charged', charged_micros: 1_250_000, rule: 'completed', settled: true },
      });
      const { file } = await download(job);
      const facts = await probeVideo(file);
      expect(facts).toMatchObject({ codec: 'h264', width: 1280, height: 720, framesPerSecond: 24, fastStart: true });
      expect(Math.abs(facts.frames - 120)).toBeLessThanOrEqual(1);
      expect(facts.comment).toMatch(/AI|test engine/i);

      const request = (await receiver.received(1, 20_000))[0]!;
      const secret = stage().webhookSecret;
      expect(request.headers['x-signature']).toBe(createHmac('sha256', secret).update(request.body).digest('hex'));
      const event = new Webhook(secret).verify(
        request.body.toString('utf8'),
        request.headers as Record<string, string>,
      ) as Job & { event: string };
      expect(Object.keys(event)[0]).toBe('event');
      expect(event).toMatchObject({
        event: 'video.completed',
        id: job.id,
        status: 'completed',
        cost: '$1.25',
        billing: { settled: true },
      });
      const log = await live.get<{ data: { job_id: string; status: string }[] }>('/v1/webhooks/deliveries');
      expect(log.body.data[0]).toMatchObject({ job_id: job.id, status: 'delivered' });
      expect(
        (await live.get<{ data: unknown[] }>(`/v1/webhooks/deliveries?job_id=${job.id}&status=failed&status=pending`))
          .body.data,
      ).toEqual([]);
    }, 90_000);

    it('is the same for the same seed, and another for another seed or prompt', async () => {
      const [one, same, otherSeed, otherPrompt] = await Promise.all([
        make({ prompt: 'a red kite', seed: 1 }),
        make({ prompt: 'a red kite', seed: 1 }),
        make({ prompt: 'a red kite', seed: 2 }),
        make({ prompt: 'a blue kite', seed: 1 }),
      ]);
      const digests = (await Promise.all([one, same, otherSeed, otherPrompt].map((job) => download(job!)))).map(
        ({ digest }) => digest,
      );
      expect(digests[0]).toBe(digests[1]);
      expect(new Set(digests).size).toBe(3);
    }, 60_000);

    it.each([
      ['16:9', 854, 480],
      ['9:16', 480, 854],
      ['1:1', 480, 480],
    ])(
      "has the contract's pixels at %s",
      async (aspectRatio, width, height) => {
        const { file } = await download(await make({ prompt: 'pixels', aspect_ratio: aspectRatio }));
        expect(await probeVideo(file)).toMatchObject({ width, height });
      },
      60_000,
    );

    it('begins with the first frame', async () => {
      const image = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#2040d0' } })
        .composite([
          { input: { create: { width: 200, height: 400, channels: 3, background: '#d02020' } }, left: 0, top: 0 },
        ])
        .png()
        .toBuffer();
      const job = await make({
        prompt: 'from a picture',
        first_frame: `data:image/png;base64,${image.toString('base64')}`,
      });
      const { file } = await download(job);
      expect(await probeVideo(file)).toMatchObject({ width: 480, height: 480 });
      const { stdout } = await promisify(execFile)(
        ffmpeg.path,
        ['-v', 'error', '-i', file, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
        { encoding: 'buffer', maxBuffer: 1 << 24 },
      );
      const pixel = (x: number, y: number) => [...stdout.subarray((y * 480 + x) * 3, (y * 480 + x) * 3 + 3)];
      const [leftRed, , leftBlue] = pixel(120, 240) as [number, number, number];
      const [rightRed, , rightBlue] = pixel(360, 240) as [number, number, number];
      expect([leftRed > 150, leftBlue < 90, rightRed < 90, rightBlue > 150]).toEqual([true, true, true, true]);
    }, 60_000);

    it('serves ranges of the file to any origin, and nothing under a forged link', async () => {
      const job = await make({ prompt: 'ranges' });
      const part = await fetch(job.video_url!, { headers: { range: 'bytes=4-7' } });
      expect([part.status, await part.text(), part.headers.get('access-control-allow-origin')]).toEqual([
        206,
        'ftyp',
        '*',
      ]);
      const forged = new URL(job.video_url!);
      forged.searchParams.set('expires', String(Number(forged.searchParams.get('expires')) + 1));
      expect((await fetch(forged)).status).toBeGreaterThanOrEqual(400);
    }, 60_000);

    it('can be listed, filtered and paged', async () => {
      const page = await live.get<{ object: string; data: Job[]; has_more: boolean; next_cursor: string }>(
        '/v1/videos?limit=2',
      );
      expect(page.body).toMatchObject({ object: 'list', has_more: true });
      const next = await live.get<{ data: Job[] }>(`/v1/videos?limit=2&starting_after=${page.body.next_cursor}`);
      expect(next.body.data.map(({ id }) => id)).not.toContain(page.body.data[1]!.id);
      const offset = await live.get<{ data: Job[] }>('/v1/videos?limit=2&offset=2');
      expect(offset.body.data.map(({ id }) => id)).toEqual(next.body.data.map(({ id }) => id));
      expect((await live.get<{ data: Job[] }>('/v1/videos?status=failed')).body.data).toEqual([]);
      const idsOf = async (query: string) =>
        (await live.get<{ data: Job[] }>(`/v1/videos?limit=100&${query}`)).body.data.map(({ id }) => id);
      const all = await idsOf('status=completed&status=failed');
      expect(all.slice(0, 2)).toEqual(page.body.data.map(({ id }) => id));
      const [newest, middle] = [all[0]!, next.body.data[0]!];
      expect(await idsOf(`created_after=${middle.created_at}`)).toContain(newest);
      expect(await idsOf(`created_before=${middle.created_at}`)).not.toContain(newest);
      const { id } = await make({ prompt: 'for somebody', end_user: 'ann' });
      expect([await idsOf('end_user=ann'), await idsOf('end_user=bob')]).toEqual([[id], []]);
      expect((await live.get('/v1/videos?offset=10001')).status).toBe(400);
      expect((await live.get('/v1/videos?colour=red')).status).toBe(400);
    });

    it('shows in balance, usage, ledger and limits as the same money', async () => {
      const [balance, usage, limits, models] = await Promise.all([
        live.get<{ available_micros: number; held_micros: number; total_spend_micros: number; balance_micros: number }>(
          '/v1/balance',
        ),
        live.get<{ data: { cost_micros: number }[]; totals: { cost_micros: number } }>('/v1/usage'),
        live.get<Record<string, unknown>>('/v1/limits'),
        live.get<{ data: { id: string }[] }>('/v1/models'),
      ]);
      expect(balance.body.available_micros + balance.body.total_spend_micros).toBe(250_000_000);
      expect(usage.body.totals.cost_micros).toBe(balance.body.total_spend_micros);
      expect(limits.status).toBe(200);
      expect(models.body.data.length).toBeGreaterThan(0);
      expect((await stage().admin.get<{ differences: string[] }>('/admin/v1/ledger/verify')).body.differences).toEqual(
        [],
      );
    });

    it('loses its content on request, and keeps its money', async () => {
      const job = await make({ prompt: 'forget me', metadata: { name: 'Ann' } });
      const erased = await live.delete<Job & { prompt: string | null; content_erased_at: string }>(
        `/v1/videos/${job.id}/content`,
      );
      expect(erased.status).toBe(200);
      const after = await live.get<Job & { prompt: string | null; content_erased_at: string }>(`/v1/videos/${job.id}`);
      expect([after.body.prompt, after.body.metadata, after.body.cost, after.body.video_url]).toEqual([
        null,
        {},
        '$0.10',
        null,
      ]);
      expect(after.body.content_erased_at).toMatch(/Z$/);
      expect([404, 410]).toContain((await fetch(job.video_url!)).status);
    }, 60_000);
  });
}
