import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { httpReceiver, selfSignedCertificate, Signal, type HttpReceiver } from '@usvideo/testing';
import { AddressPolicy } from './address-policy';
import {
  GuardedHttpClient,
  OutboundError,
  type GuardedHttpClientOptions,
  type OutboundRequest,
} from './guarded-http-client';

const LOOPBACK = ['127.0.0.0/8'];

let receiver: HttpReceiver;
let proxy: { url: string; asked: string[]; server: Server };
const open: GuardedHttpClient[] = [];

beforeAll(async () => {
  receiver = await httpReceiver();
  proxy = await openProxy();
});
beforeEach(() => {
  receiver.requests.length = 0;
  proxy.asked.length = 0;
  receiver.answerWith(200);
});
afterAll(async () => {
  await Promise.all(open.map((made) => made.stop()));
  await receiver.stop();
  proxy.server.close();
});

/** Connects to whatever it is asked for, as a proxy without rules does. */
async function openProxy(): Promise<typeof proxy> {
  const asked: string[] = [];
  const server = createHttpServer()
    .on('connect', (request, socket) => {
      asked.push(request.url!);
      const { hostname, port } = new URL(`http://${request.url}`);
      const onward = connectTcp(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket])
        end.on('error', () => {
          onward.destroy();
          socket.destroy();
        });
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

function client(options: Partial<GuardedHttpClientOptions> = {}): GuardedHttpClient {
  const made = new GuardedHttpClient({ allowCidrs: [], ...options });
  open.push(made);
  return made;
}

const post = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: 'x',
  timeoutMs: 5_000,
  responseBytesMax: 1024,
  ...more,
});

async function failureOf(request: Promise<unknown>): Promise<OutboundError> {
  const outcome = await request.then(
    () => 'answered',
    (error: unknown) => error,
  );
  if (!(outcome instanceof OutboundError)) throw new Error('expected an OutboundError', { cause: outcome });
  return outcome;
}

const BYPASSES = [
  ['loopback in decimal', '2130706433'],
  ['loopback in hex', '0x7f.1'],
  ['loopback in octal', '0177.0.0.1'],
  ['loopback in short', '127.1'],
  ['a mapped address', '[::ffff:127.0.0.1]'],
  ['a compatible address', '[::127.0.0.1]'],
  ['NAT64', '[64:ff9b::7f00:1]'],
  ['6to4', '[2002:7f00:1::]'],
  ['Teredo', '[2001:0:7f00:1::]'],
  ['the address of nobody', '0.0.0.0'],
  ['the IPv6 address of nobody', '[::]'],
  ['CGNAT', '100.64.0.1'],
  ['a benchmark network', '198.18.0.1'],
  ['protocol assignments', '192.0.0.8'],
  ['a reserved network', '240.0.0.1'],
  ['multicast', '224.0.0.1'],
  ['the metadata address', '169.254.169.254'],
  ['the IPv6 metadata address', '[fd00:ec2::254]'],
  ['IPv6 loopback', '[::1]'],
  ['link-local', '[fe80::1]'],
  ['broadcast', '255.255.255.255'],
  ['fullwidth digits', '１２７.0.0.1'],
] as const;

describe.each<[string, () => Partial<GuardedHttpClientOptions>]>([
  ['straight', () => ({})],
  ['through a proxy', () => ({ proxy: proxy.url })],
])('%s', (_, options) => {
  test.each(BYPASSES)('%s is refused when asked and when sending, over http and https', async (_name, host) => {
    for (const scheme of ['http', 'https']) {
      const guarded = client(options());
      expect(await guarded.refusalOf(`${scheme}://${host}:8443/hook`)).toEqual(expect.any(String));
      expect((await failureOf(guarded.request(post(`${scheme}://${host}:8443/hook`)))).kind).toBe('url_forbidden');
    }
    expect(proxy.asked).toEqual([]);
  });

  test('a redirect to a private address is an answer, and nobody goes there', async () => {
    const inner = await httpReceiver();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.answerWith((_request, response) => {
        response.writeHead(status, { location: inner.url }).end();
      });
      expect((await client({ allowCidrs: LOOPBACK, ...options() }).request(post(receiver.url))).status).toBe(status);
    }
    expect(inner.requests).toHaveLength(0);
    await inner.stop();
  });

  test('an answer of a gigabyte is read to its bound and cut off', async () => {
    const gone = new Signal('the sender was cut off');
    let sent = 0;
    receiver.answerWith((_request, response) => {
      response.writeHead(200, { 'content-length': 2 ** 30 });
      const block = Buffer.alloc(64 * 1024);
      const pour = (): void => {
        while (!response.destroyed && response.write(block)) sent += block.length;
      };
      response.on('drain', pour).on('close', () => gone.emit());
      pour();
    });
    const answer = await client({ allowCidrs: LOOPBACK, ...options() }).request(post(receiver.url));
    expect([answer.truncated, answer.body.length]).toEqual([true, 1024]);
    await gone.wait();
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });

  test.each<[string, (socket: { write(text: string): void }) => void, RegExp]>([
    ['a body that drips', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), /^x+$/],
    ['headers that drip', (socket) => socket.write('HTTP/1.1 200 OK\r\nX-A: '), /^$/],
    ['interim answers without end', () => undefined, /^$/],
  ])('%s ends at the deadline, and what had come is known', async (name, begin, received) => {
    const server = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          begin(socket);
          const drip = setInterval(
            () => socket.write(name.startsWith('interim') ? 'HTTP/1.1 102 Processing\r\n\r\n' : 'x'),
            20,
          );
          socket.on('close', () => clearInterval(drip));
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const before = performance.now();
    const failed = await failureOf(
      client({ allowCidrs: LOOPBACK, ...options() }).request(
        post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeoutMs: 300 }),
      ),
    );
    expect(failed).toMatchObject({ kind: 'timeout', address: '127.0.0.1' });
    expect(failed.received.toString()).toMatch(received);
    expect(performance.now() - before).toBeLessThan(2_000);
    server.close();
  });

  test('headers larger than any server needs are no answer', async () => {
    receiver.answerWith((_request, response) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(1024 * 1024) }).end();
    });
    expect((await failureOf(client({ allowCidrs: LOOPBACK, ...options() }).request(post(receiver.url)))).kind).toBe(
      'connection_failed',
    );
  });

  test.each(['a\r\nX-Injected: 1', 'a\nX-Injected: 1', 'a\u0000b'])(
    'a header value %j is never sent',
    async (value) => {
      await failureOf(
        client({ allowCidrs: LOOPBACK, ...options() }).request(post(receiver.url, { headers: { 'x-own': value } })),
      );
      expect(receiver.requests).toHaveLength(0);
    },
  );

  test('a path cannot smuggle a header or another host', async () => {
    await client({ allowCidrs: LOOPBACK, ...options() }).request(
      post(`${receiver.url}/a%0d%0aX-Injected:1?b=\r\nX-Injected: 1`),
    );
    expect(receiver.requests[0]!.headers).not.toHaveProperty('x-injected');
    expect(receiver.requests[0]!.path).toBe('/a%0d%0aX-Injected:1?b=X-Injected:%201');
  });
});

test('a name server that answers otherwise the second time is caught at the second time', async () => {
  const names = await rebindingNameServer(['1.1.1.1', '127.0.0.1']);
  const resolver = new dns.Resolver();
  resolver.setServers([`127.0.0.1:${names.port}`]);
  const guarded = client({ resolve: (name) => resolver.resolve4(name) });
  const url = `https://rebinding.example:${new URL(receiver.url).port}/`;
  expect(await guarded.refusalOf(url)).toBeUndefined();
  expect((await failureOf(guarded.request(post(url)))).kind).toBe('url_forbidden');
  expect(receiver.requests).toHaveLength(0);
  expect(names.asked()).toBe(2);
  names.close();
});

test.each([
  ['403', 'HTTP/1.1 403 Forbidden\r\n\r\n'],
  ['Smokescreen', 'HTTP/1.1 407 Request rejected by proxy\r\nX-Smokescreen-Error: denied by private address\r\n\r\n'],
])('a proxy that judges names (%s) is asked before a URL is accepted, and again at each connection', async (_, no) => {
  const policy = new AddressPolicy([]);
  // The name is bound anew between the first question and the second.
  const addresses = ['1.1.1.1', '127.0.0.1', '127.0.0.1'];
  const judging = createHttpServer()
    .on('connect', (_request, socket) => {
      socket
        .on('error', () => undefined)
        .end(policy.allows(addresses.shift()!, 'https:') ? 'HTTP/1.1 200 OK\r\n\r\n' : no);
    })
    .listen(0, '127.0.0.1');
  await once(judging, 'listening');
  const guarded = client({ proxy: `http://127.0.0.1:${(judging.address() as AddressInfo).port}` });
  expect(await guarded.refusalOf('https://rebinding.example/')).toBeUndefined();
  expect((await failureOf(guarded.request(post('https://rebinding.example/')))).kind).toBe('url_forbidden');
  expect(await guarded.refusalOf('https://rebinding.example/')).toContain('proxy');
  judging.close();
});

test('a proxy that is away, or cannot reach a server, refuses nothing', async () => {
  const failing = createHttpServer()
    .on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    })
    .listen(0, '127.0.0.1');
  await once(failing, 'listening');
  const { port } = failing.address() as AddressInfo;
  const guarded = client({ proxy: `http://127.0.0.1:${port}` });
  expect(await guarded.refusalOf('https://away.example/')).toBeUndefined();
  expect((await failureOf(guarded.request(post('https://away.example/')))).kind).toBe('connection_failed');
  await new Promise((resolve) => failing.close(resolve));
  expect(await guarded.refusalOf('https://away.example/')).toBeUndefined();
});

test('a certificate is checked, for an address too', async () => {
  const { key, certificate } = await selfSignedCertificate();
  const server = createHttpsServer({ key, cert: certificate }, (_, response) => response.end('secret')).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect((await failureOf(client({ allowCidrs: LOOPBACK }).request(post(url)))).kind).toBe('connection_failed');
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, certificate]);
  for (const proxied of [{}, { proxy: proxy.url }]) {
    expect((await client({ allowCidrs: LOOPBACK, ...proxied }).request(post(url))).body.toString()).toBe('secret');
    const byName = client({ allowCidrs: LOOPBACK, resolve: async () => ['127.0.0.1'], ...proxied }).request(
      post(url.replace('127.0.0.1', 'localhost')),
    );
    expect((await failureOf(byName)).kind).toBe('connection_failed');
  }
  setDefaultCACertificates(known);
  server.closeAllConnections();
  server.close();
});

/** Answers each question for an A record with the next address (RFC 1035). */
async function rebindingNameServer(addresses: string[]): Promise<{ port: number; asked(): number; close(): void }> {
  let asked = 0;
  const socket = createSocket('udp4', (question, from) => {
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(1, 6);
    header.writeUInt16BE(0, 10);
    const end = question.indexOf(0, 12) + 5;
    const record = Buffer.from([
      0xc0,
      12,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      4,
      ...addresses[asked++ % addresses.length]!.split('.').map(Number),
    ]);
    socket.send(Buffer.concat([header, question.subarray(12, end), record]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, asked: () => asked, close: () => socket.close() };
}
