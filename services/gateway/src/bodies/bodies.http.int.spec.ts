import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { eventually } from '@usvideo/testing';
import sharp from 'sharp';
import { HELD_BYTES_PER_OWNER_MAX } from './body-budget';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let authorization: string;
let other: string;

beforeAll(async () => {
  test = await startTestGateway({ TRUSTED_PROXIES: '127.0.0.0/8' });
  authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  other = test.peers.addKey('usv_live_otherotherotherotherother', { accountId: 'acc_2' });
  test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1"}' });
  test.peers.scheduler.cancelJob = () => ({
    refusal: '',
    status: 'cancelled',
    jobJson: '{"id":"job_1","status":"cancelled"}',
  });
});
afterAll(() => test.stop());

function send(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  return fetch(`${test.url}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: body as never,
  });
}

const messageOf = async (response: Response) => ((await response.json()) as { message: string }).message;
const MIB = 1024 * 1024;
const order = JSON.stringify({ prompt: 'a red ball' });

it('is not waited for when its sender is not admitted', async () => {
  const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
  socket.write(
    'POST /v1/videos HTTP/1.1\r\nhost: api\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
});

describe('an encoded body', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('is decoded from %s', async (name, encode) => {
    expect((await send('/v1/videos', encode(order), { 'content-encoding': name })).status).toBe(202);
  });

  it('is bounded by what comes out of it', async () => {
    const bomb = gzipSync(Buffer.alloc(17 * MIB, ' '));
    expect(bomb.length).toBeLessThan(MIB / 10);
    expect((await send('/v1/videos', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('is refused by the name of its header when nobody can read it', async () => {
    const unknown = await send('/v1/videos', order, { 'content-encoding': 'compress' });
    expect([unknown.status, await messageOf(unknown)]).toEqual([415, expect.stringContaining('Content-Encoding')]);
    const lie = await send('/v1/videos', order, { 'content-encoding': 'gzip' });
    expect([lie.status, await messageOf(lie)]).toEqual([415, expect.stringContaining('Content-Encoding')]);
  });

  it('may begin with a byte order mark', async () => {
    expect((await send('/v1/videos', `\ufeff${order}`)).status).toBe(202);
  });
});

describe('a body of what is not there', () => {
  it.each([
    ['PUT', '/v1/files', 405],
    ['PATCH', '/v1/videos', 405],
    ['POST', '/v1/nothing', 404],
  ])('is not what %s %s is refused for', async (method, path, status) => {
    for (const [type, body] of [
      ['application/json', '{"prompt":'],
      ['multipart/form-data; boundary=x', 'no form'],
      ['text/plain', 'no JSON'],
      ['application/json', Buffer.alloc(MIB, ' ')],
    ] as const) {
      const answer = await fetch(`${test.url}${path}`, {
        method,
        headers: { authorization, 'content-type': type },
        body: body as never,
      });
      await answer.body?.cancel();
      expect([type, answer.status]).toEqual([type, status]);
    }
  });
});

describe('a body of nothing', () => {
  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain;charset=UTF-8',
    'multipart/form-data; boundary=x',
  ])('has no type, as %s', async (type) => {
    expect((await send('/v1/videos/job_1/cancel', '', { 'content-type': type })).status).toBe(200);
  });

  it.each(['null', '{}', ' null '])('is also %s', async (body) => {
    expect((await send('/v1/videos/job_1/cancel', body)).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('is not one of bytes, as %s', async (type) => {
    const response = await send('/v1/videos', order, { 'content-type': type });
    expect([response.status, await messageOf(response)]).toEqual([415, expect.stringContaining('application/json')]);
  });
});

describe('a large body', () => {
  it('is for operations that take a first frame only', async () => {
    const padded = (bytes: number) =>
      JSON.stringify({ email: 'a@example.com', password: 'p'.repeat(bytes), account_name: 'x' });
    const refused = await send('/v1/auth/register', padded(65 * 1024), { authorization: '' });
    expect([refused.status, await messageOf(refused)]).toEqual([413, 'The body is larger than 64 KiB.']);
    const frame = await send('/v1/quotes', JSON.stringify({ prompt: 'x', first_frame: 'x'.repeat(65 * 1024) }));
    expect(frame.status).toBe(400);
    const beyond = await send('/v1/videos', JSON.stringify({ prompt: 'x'.repeat(16 * MIB) }));
    expect([beyond.status, await messageOf(beyond)]).toEqual([413, 'The body is larger than 16 MiB.']);
  });
});

describe('the bytes of bodies', () => {
  const open: Socket[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  /** A request whose body never ends. */
  async function unfinished(key: string, bytes: number): Promise<Socket> {
    const socket = connect(test.gateway.port, '127.0.0.1');
    open.push(socket);
    socket.write(
      `POST /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${bytes + 1}\r\n\r\n`,
    );
    const end = socket.write(Buffer.alloc(bytes, ' '));
    if (!end) await once(socket, 'drain');
    return socket;
  }

  it('are counted as they arrive, per account, and given back when the connection goes', async () => {
    const each = 15 * MIB;
    const many = Math.floor(HELD_BYTES_PER_OWNER_MAX / each);
    const holding = await Promise.all(Array.from({ length: many }, () => unfinished(authorization, each)));
    const one = () =>
      send('/v1/videos', JSON.stringify({ prompt: 'x', first_frame: 'x'.repeat(10 * MIB) })).then(
        (response) => response.status,
      );
    const isFull = async () => {
      if ((await one()) === 429) return true;
      // One that a busy machine refused before its body was read holds nothing.
      holding.push(await unfinished(authorization, each));
      return false;
    };
    await eventually(isFull, { what: 'the account to hold all that it may' });
    const bystander = await send('/v1/videos', order, { authorization: other });
    expect(bystander.status).toBe(202);
    for (const socket of holding) socket.destroy();
    await eventually(async () => (await one()) === 400, { what: 'the bytes to be given back' });
  });

  it('are held until the answer, not until the body is read', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    test.peers.createJob = async () => {
      await answered;
      return { jobId: 'job_1', jobJson: '{"id":"job_1"}' };
    };
    test.peers.orders.length = 0;
    const small = await sharp({ create: { width: 64, height: 36, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const picture = Buffer.concat([small, Buffer.alloc(9.5 * MIB)]);
    const body = JSON.stringify({ prompt: 'x', first_frame: `data:image/png;base64,${picture.toString('base64')}` });
    const held = Math.floor(HELD_BYTES_PER_OWNER_MAX / body.length);
    const requests = Array.from({ length: held }, () => send('/v1/videos', body));
    await eventually(() => test.peers.orders.length === held, {
      what: 'all orders to wait for their answer',
      deadlineMs: 60_000,
    });
    expect((await send('/v1/videos', body)).status).toBe(429);
    answer();
    expect((await Promise.all(requests)).map((response) => response.status)).toEqual(requests.map(() => 202));
    expect((await send('/v1/videos', body)).status).toBe(202);
  });
});
