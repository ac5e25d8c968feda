import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Signal, httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { LookUpFailed } from './host-names.client';
import {
  GuardedHttpClient,
  OutboundError,
  type GuardedHttpClientOptions,
  type OutboundRequest,
} from './guarded-http-client';

const LOOPBACK = ['127.0.0.0/8'];
const open: GuardedHttpClient[] = [];

function client(options: Partial<GuardedHttpClientOptions> = {}): GuardedHttpClient {
  const made = new GuardedHttpClient({ allowCidrs: [], ...options });
  open.push(made);
  return made;
}

function get(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  return { method: 'GET', url, headers: {}, timeoutMs: 5_000, responseBytesMax: 1024, ...more };
}

async function kindOf(request: Promise<unknown>): Promise<string> {
  const outcome = await request.then(
    () => 'answered',
    (error: unknown) => error,
  );
  if (!(outcome instanceof OutboundError)) throw new Error('expected an OutboundError', { cause: outcome });
  return outcome.kind;
}

describe('GuardedHttpClient', () => {
  let receiver: HttpReceiver;

  beforeAll(async () => {
    receiver = await httpReceiver();
  });
  beforeEach(() => {
    receiver.requests.length = 0;
    receiver.answerWith(200);
  });
  afterAll(async () => {
    await Promise.all(open.map((made) => made.stop()));
    await receiver.stop();
  });

  it('sends what it is given to an address inside the opened ranges', async () => {
    receiver.answerWith((_, response) => {
      response.writeHead(201, { 'x-mine': 'yes' }).end('hello');
    });
    const request = get(`${receiver.url}/hook?a=1`, {
      method: 'POST',
      headers: { 'x-a': 'b' },
      body: Buffer.from('payload'),
    });
    const answer = await client({ allowCidrs: LOOPBACK }).request(request);
    expect(answer).toMatchObject({ status: 201, truncated: false, headers: { 'x-mine': 'yes' } });
    expect(answer.body.toString()).toBe('hello');
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', path: '/hook?a=1' });
    expect(receiver.requests[0]!.body.toString()).toBe('payload');
  });

  describe('refuses alike when asked and when sending', () => {
    const toLoopback = async () => ['127.0.0.1'];
    it.each<[string, string, Partial<GuardedHttpClientOptions>]>([
      ['loopback', 'https://127.0.0.1/', {}],
      ['loopback as a number', 'https://2130706433/', {}],
      ['mapped loopback', 'https://[::ffff:127.0.0.1]/', {}],
      ['the metadata address', 'https://169.254.169.254/latest', {}],
      ['a name of loopback', 'https://innocent.example/', { resolve: toLoopback }],
      [
        'a name with one private address among public ones',
        'https://mixed.example/',
        { resolve: async () => ['1.1.1.1', '10.0.0.1'] },
      ],
      ['plain http to a public address', 'http://1.1.1.1/', {}],
      ['plain http to a public name', 'http://public.example/', { resolve: async () => ['1.1.1.1'] }],
      ['credentials', 'https://user:pass@1.1.1.1/', {}],
      ['a user name', 'https://user@1.1.1.1/', {}],
      [
        'plain http to a name whose address the proxy alone knows',
        'http://inside.example/',
        { proxy: 'http://127.0.0.1:1', allowCidrs: LOOPBACK },
      ],
      ['loopback through a proxy', 'https://127.0.0.1/', { proxy: 'http://127.0.0.1:1' }],
      ['another scheme', 'ftp://1.1.1.1/', {}],
      ['a file', 'file:///etc/passwd', {}],
      ['no URL at all', 'nonsense', {}],
      ['a private address outside the opened range', 'https://10.0.0.1/', { allowCidrs: LOOPBACK }],
    ])('%s', async (_what, url, options) => {
      const guarded = client(options);
      expect(await guarded.refusalOf(url)).toEqual(expect.any(String));
      expect(await kindOf(guarded.request(get(url)))).toBe('url_forbidden');
    });

    it('not what is public or opened', async () => {
      expect(
        await client({ resolve: async () => ['1.1.1.1', '2606:4700:4700::1111'] }).refusalOf('https://public.example/'),
      ).toBeUndefined();
      expect(await client({ allowCidrs: LOOPBACK }).refusalOf(receiver.url)).toBeUndefined();
      expect(
        await client({ allowCidrs: LOOPBACK, resolve: toLoopback }).refusalOf('http://inside.example/'),
      ).toBeUndefined();
    });

    it('a port of the platform in a range that was opened, by whatever name, and no other port there', async () => {
      const port = Number(new URL(receiver.url).port);
      const guarded = client({ allowCidrs: LOOPBACK, forbiddenPorts: [port], resolve: toLoopback });
      for (const host of ['127.0.0.1', '2130706433', 'inside.example']) {
        expect(await guarded.refusalOf(`http://${host}:${port}/`)).toContain('platform itself');
        expect(await kindOf(guarded.request(get(`http://${host}:${port}/`)))).toBe('url_forbidden');
      }
      const other = await httpReceiver();
      expect((await guarded.request(get(other.url))).status).toBe(200);
      await other.stop();
    });

    it('a name that does not resolve, which when sending is a failed connection', async () => {
      const guarded = client({ resolve: async () => [] });
      expect(await guarded.refusalOf('https://nowhere.example/')).toBe('its host name does not resolve');
      expect(
        await kindOf(
          client({ resolve: () => Promise.reject(new Error('ENOTFOUND')) }).request(get('https://nowhere.example/')),
        ),
      ).toBe('connection_failed');
    });

    it('a name that nobody could look up, as if it were bad', async () => {
      await expect(
        client({ resolve: () => Promise.reject(new Error('ETIMEOUT')) }).refusalOf('https://silent.example/'),
      ).rejects.toThrow(LookUpFailed);
    });
  });

  it('judges the addresses it connects to, not those of an earlier question', async () => {
    const answers = [['1.1.1.1'], ['127.0.0.1']];
    const rebinding = client({ resolve: async () => answers.shift()! });
    const url = `https://rebinding.example:${new URL(receiver.url).port}/`;
    expect(await rebinding.refusalOf(url)).toBeUndefined();
    expect(await kindOf(rebinding.request(get(url)))).toBe('url_forbidden');
    expect(receiver.requests).toHaveLength(0);
  });

  it('speaks TLS, to the host of the URL, over the connection it has judged', async () => {
    const hello = new Signal<Buffer>('a TLS greeting has arrived');
    const listener = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (bytes) => {
          hello.emit(bytes);
          socket.destroy();
        });
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const guarded = client({ allowCidrs: LOOPBACK, resolve: async () => ['127.0.0.1'] });
    expect(await kindOf(guarded.request(get(`https://inside.example:${port}/`)))).toBe('connection_failed');
    const greeting = await hello.wait();
    expect(greeting[0]).toBe(22);
    expect(greeting.toString('latin1')).toContain('inside.example');
    listener.close();
  });

  it('leaves names to the proxy where there is one', async () => {
    const connected = new Signal<string>('the proxy was asked for a connection');
    const proxy = createHttpServer()
      .on('connect', (request, socket) => {
        connected.emit(request.url!);
        socket.end('HTTP/1.1 504 Gateway Timeout\r\n\r\n');
      })
      .listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const guarded = client({
      proxy: `http://127.0.0.1:${port}`,
      resolve: () => Promise.reject(new Error('no name server here')),
    });
    expect(await guarded.refusalOf('https://public.example/')).toBeUndefined();
    expect(await kindOf(guarded.request(get('https://public.example/')))).toBe('connection_failed');
    expect(await connected.wait()).toBe('public.example:443');
    proxy.close();
  });

  it('does not follow a redirect', async () => {
    const inner = await httpReceiver();
    receiver.answerWith((_, response) => {
      response.writeHead(302, { location: inner.url }).end();
    });
    const answer = await client({ allowCidrs: LOOPBACK }).request(get(receiver.url));
    expect(answer.status).toBe(302);
    expect(inner.requests).toHaveLength(0);
    await inner.stop();
  });

  it('keeps one deadline over a body that never ends and never pauses for long', async () => {
    const gone = new Signal('the dripping connection was closed');
    receiver.answerWith((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => {
        clearInterval(drip);
        gone.emit();
      });
    });
    expect(await kindOf(client({ allowCidrs: LOOPBACK }).request(get(receiver.url, { timeoutMs: 300 })))).toBe(
      'timeout',
    );
    await gone.wait();
  });

  it('times out on an answer that does not begin, and leaves no connection behind', async () => {
    const gone = new Signal('the silent connection was closed');
    receiver.answerWith((_, response) => {
      response.on('close', () => gone.emit());
    });
    expect(await kindOf(client({ allowCidrs: LOOPBACK }).request(get(receiver.url, { timeoutMs: 100 })))).toBe(
      'timeout',
    );
    await gone.wait();
  });

  it('times out on a name server that does not answer', async () => {
    const waiting = client({ resolve: () => new Promise(() => undefined) });
    expect(await kindOf(waiting.request(get('https://slow.example/', { timeoutMs: 100 })))).toBe('timeout');
  });

  describe('an answer without end', () => {
    let gone: Signal;
    beforeEach(() => {
      gone = new Signal('the huge answer was cut off');
      receiver.answerWith((_, response) => {
        response.writeHead(200);
        const block = Buffer.alloc(64 * 1024, 'x');
        const pour = (): void => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', pour).on('close', () => gone.emit());
        pour();
      });
    });

    it('is cut to its beginning', async () => {
      const answer = await client({ allowCidrs: LOOPBACK }).request(get(receiver.url, { responseBytesMax: 100 }));
      expect(answer).toMatchObject({ status: 200, truncated: true });
      expect(answer.body).toHaveLength(100);
      await gone.wait();
    });

    it('is refused where the whole is needed', async () => {
      expect(await kindOf(client({ allowCidrs: LOOPBACK }).request(get(receiver.url, { overflow: 'refuse' })))).toBe(
        'too_large',
      );
      await gone.wait();
    });
  });

  it.each([
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
    ['several of them', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n'],
  ])('skips an interim answer that nobody asked for: %s', async (_, interim) => {
    const server = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', () => {
          socket.write(interim);
          setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const guarded = client({ allowCidrs: LOOPBACK });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (let request = 0; request < 2; request++) {
      const answer = await guarded.request(get(url, { method: 'POST', body: 'x' }));
      expect([answer.status, answer.body.toString()]).toEqual([200, 'ok']);
    }
    await guarded.stop();
    server.close();
  });

  it('uses a connection again, and says who answered', async () => {
    const guarded = client({ allowCidrs: LOOPBACK });
    const answers = [await guarded.request(get(receiver.url)), await guarded.request(get(receiver.url))];
    expect(answers.map((answer) => answer.address)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(new Set(receiver.requests.map((request) => request.remotePort)).size).toBe(1);
  });

  it('reaches its target through a proxy that asks for a name and a password', async () => {
    const asked = new Signal<string>('the proxy was asked');
    const proxy = createHttpServer()
      .on('connect', (request, socket) => {
        asked.emit(`${request.url} ${request.headers['proxy-authorization']}`);
        const { port } = new URL(receiver.url);
        const onward = connectTcp(Number(port), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
      })
      .listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const guarded = client({
      allowCidrs: LOOPBACK,
      proxy: `http://me:s%20t@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    });
    expect((await guarded.request(get(`${receiver.url}/through`))).status).toBe(200);
    expect(await asked.wait()).toBe(`${new URL(receiver.url).host} Basic ${Buffer.from('me:s t').toString('base64')}`);
    expect(receiver.requests[0]!.path).toBe('/through');
    await guarded.stop();
    proxy.close();
  });

  it('says that nothing listens', async () => {
    const closed = await httpReceiver();
    await closed.stop();
    const url = receiver.url.replace(/\d+$/, '1');
    const failure: unknown = await client({ allowCidrs: LOOPBACK })
      .request(get(url))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'connection_failed', address: '127.0.0.1' });
  });
});
