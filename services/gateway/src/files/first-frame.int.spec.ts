import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateQuoteResponse, GetBalanceResponse } from '@usvideo/contracts/ledger';
import sharp from 'sharp';
import { allowed } from '../http/fake-peers.fixture';
import { faultsOf, orderingCustomer } from '../http/orders.fixture';

const customer = orderingCustomer();
const { create } = customer;

describe('a first frame in the request', () => {
  const inputs = () => readdir(join(customer.test.dataDir, 'artifacts', 'inputs', 'acc_1')).catch(() => [] as string[]);
  const uri = (bytes: Buffer, type = 'image/png') => `data:${type};base64,${bytes.toString('base64')}`;
  const picture = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' } });

  it.each(['png', 'jpeg', 'webp'] as const)('is stored before the order is given: %s', async (format) => {
    const bytes = await picture(90, 160).toFormat(format).toBuffer();
    expect((await create({ prompt: 'x', first_frame: uri(bytes) })).status).toBe(202);
    const { content, terms } = customer.test.peers.orders[0]!;
    expect(customer.test.peers.announced).toContain(content!.firstFrameKey);
    expect(content!.firstFrameKey).toMatch(
      new RegExp(`^inputs/acc_1/${content!.firstFrame!.replace('sha256:', '')}-[0-9a-f-]{36}$`),
    );
    expect(terms).toMatchObject({ mode: 'image_to_video', aspectRatio: '9:16' });
    expect(await inputs()).toContain(content!.firstFrameKey!.slice('inputs/acc_1/'.length));
  });

  it('leaves nothing behind when its order makes no job', async () => {
    const bytes = await picture(64, 64).png().toBuffer();
    const before = await inputs();
    customer.test.peers.createJob = () => ({ refusal: 'insufficient_balance', requiredMicros: 1n });
    expect((await create({ prompt: 'x', first_frame: uri(bytes) }, { 'idempotency-key': 'refused' })).status).toBe(402);
    customer.test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{}', replayed: true });
    expect((await create({ prompt: 'x', first_frame: uri(bytes) }, { 'idempotency-key': 'again' })).status).toBe(202);
    expect(await inputs()).toEqual(before);
    const keys = customer.test.peers.announced.slice(-2);
    expect(keys.map((key) => key.split('/')[1])).toEqual(['acc_1', 'acc_1']);
    expect(customer.test.peers.deleted.slice(-2)).toEqual(keys);
  });

  it('is not stored before rate and balance are judged, and the rate is spent once', async () => {
    const bytes = await picture(64, 64).png().toBuffer();
    const before = await inputs();
    customer.test.peers.checkRate = () => ({ ...allowed(300), allowed: false, retryAfterMs: 50 });
    expect((await create({ prompt: 'x', first_frame: uri(bytes) })).status).toBe(429);
    customer.test.peers.checkRate = () => allowed(3_000);
    customer.test.peers.scheduler.chooseModel = () => ({ modelId: 'default' });
    customer.test.peers.ledger.getBalance = () => GetBalanceResponse.fromPartial({ availableMicros: 5n });
    customer.test.peers.ledger.createQuote = () => CreateQuoteResponse.fromPartial({ quote: { amountMicros: 6n } });
    const poor = await create({ prompt: 'x', first_frame: uri(bytes) });
    expect([poor.status, customer.test.peers.orders.length]).toEqual([402, 0]);
    expect(await inputs()).toEqual(before);
    customer.test.peers.ledger.getBalance = () => GetBalanceResponse.fromPartial({ availableMicros: 6n });
    customer.test.peers.checks.length = 0;
    expect((await create({ prompt: 'x', first_frame: uri(bytes) })).status).toBe(202);
    expect([customer.test.peers.checks.length, customer.test.peers.orders[0]!.rateSpent]).toEqual([1, true]);
  });

  it('may have 10 MiB', async () => {
    const bytes = await picture(64, 64).png().toBuffer();
    const padded = Buffer.concat([bytes, Buffer.alloc(10 * 1024 * 1024 - bytes.length)]);
    expect((await create({ prompt: 'x', first_frame: uri(padded), aspect_ratio: '16:9' })).status).toBe(202);
    expect(customer.test.peers.orders[0]!.terms!.aspectRatio).toBe('16:9');
  });

  it.each(['png', 'jpeg', 'webp'] as const)('is refused when it is cut off: %s', async (format) => {
    const noise = sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    });
    const bytes = await noise.toFormat(format).toBuffer();
    const response = await create({ prompt: 'x', first_frame: uri(bytes.subarray(0, bytes.length / 2)) });
    expect(await faultsOf(response)).toMatchObject({
      status: 400,
      fields: ['first_frame'],
      message: expect.stringContaining('complete PNG, JPEG or WebP image'),
    });
  });
});
