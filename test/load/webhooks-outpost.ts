/**
 * Hookdeck's Outpost as its documentation runs it: its API, then on `work` its delivery and log services, beside RabbitMQ, Redis and
 * PostgreSQL. Started by `webhooks.ts` with `--outpost`, the program; `redis-server` and RabbitMQ are the machine's own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from './webhooks.ts';

const [databaseUrl, program] = process.argv.slice(2) as [string, string];
const RABBITMQ = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const API_KEY = 'bench';
const TOPIC = 'video.completed';
/** As many as the other dispatchers have under way. */
const CONCURRENCY = '256';
const STARTS_WITHIN_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
const children: ChildProcess[] = [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number, what: string): Promise<void> {
  for (const until = performance.now() + STARTS_WITHIN_MS; ; await delay(100)) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' })
        .once('connect', () => resolve(true))
        .once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    if (performance.now() > until) throw new Error(`${what} did not start within ${STARTS_WITHIN_MS} ms`);
  }
}

function start(command: string, args: string[], env: Record<string, string> = {}): void {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  children.push(child);
}

process.once('disconnect', () => {
  for (const { pid } of children.toReversed()) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});

const [redisPort, rabbitPort, distPort, epmdPort, apiPort] = await Promise.all(Array.from({ length: 5 }, freePort));
start('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', folder]);
// Erlang would leave its own behind.
start('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1']);
await answers(epmdPort!, "Erlang's port mapper");
mkdirSync(join(folder, 'rabbit'));
writeFileSync(join(folder, 'plugins'), '[].');
start(RABBITMQ, [], {
  RABBITMQ_NODENAME: `usv${process.pid}@localhost`,
  RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
  RABBITMQ_NODE_PORT: String(rabbitPort),
  RABBITMQ_DIST_PORT: String(distPort),
  ERL_EPMD_PORT: String(epmdPort),
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_MNESIA_BASE: join(folder, 'rabbit'),
  RABBITMQ_LOG_BASE: join(folder, 'rabbit'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
});
await Promise.all([answers(redisPort!, 'Redis'), answers(rabbitPort!, 'RabbitMQ')]);

const env = {
  API_KEY,
  API_PORT: String(apiPort),
  API_JWT_SECRET: 'bench',
  AES_ENCRYPTION_SECRET: 'bench',
  TOPICS: TOPIC,
  REDIS_HOST: '127.0.0.1',
  REDIS_PORT: String(redisPort),
  POSTGRES_URL: `${databaseUrl}?sslmode=disable`,
  RABBITMQ_SERVER_URL: `amqp://guest:guest@127.0.0.1:${rabbitPort}`,
  MAX_DESTINATIONS_PER_TENANT: '2000',
  DELIVERY_MAX_CONCURRENCY: CONCURRENCY,
  DELIVERY_TIMEOUT_SECONDS: '15',
  DISABLE_TELEMETRY: 'true',
  GIN_MODE: 'release',
  LOG_LEVEL: 'error',
};
execFileSync(program, ['migrate', 'apply', '--yes'], {
  env: { PATH: process.env.PATH, ...env },
  stdio: ['ignore', 'ignore', 'inherit'],
});
start(program, ['serve'], { ...env, SERVICE: 'api' });
await answers(apiPort!, 'the API of Outpost');

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function call<T>(method: string, path: string, body: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        method,
        host: '127.0.0.1',
        port: apiPort,
        path: `/api/v1${path}`,
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (answer.statusCode! >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
            else resolve(JSON.parse(text) as T);
          });
      },
    );
    sent.once('error', reject).end(JSON.stringify(body));
  });
}

const tenants = new Map<string, Promise<unknown>>();
const destinations = new Map<string, Promise<{ id: string }>>();

/** What customers set up once: each account a tenant, each of its servers a destination. */
async function destinationOf({ accountId, url }: Order): Promise<string> {
  if (!tenants.has(accountId)) tenants.set(accountId, call('PUT', `/tenants/${accountId}`, {}));
  await tenants.get(accountId);
  const key = `${accountId} ${url}`;
  if (!destinations.has(key)) {
    destinations.set(
      key,
      call('POST', `/tenants/${accountId}/destinations`, { type: 'webhook', topics: [TOPIC], config: { url } }),
    );
  }
  return (await destinations.get(key)!).id;
}

async function publish(order: Order): Promise<void> {
  await call('POST', '/publish', {
    tenant_id: order.accountId,
    destination_id: await destinationOf(order),
    topic: TOPIC,
    eligible_for_retry: true,
    data: JSON.parse(order.body) as unknown,
  });
}

let published = Promise.resolve<unknown>(undefined);

process.on('message', (message: { orders?: Order[]; work?: true }) => {
  const { orders = [] } = message;
  if (orders.length > 0) published = Promise.all([published, ...orders.map(publish)]);
  if (message.work) {
    void published.then(async () => {
      start(program, ['serve'], { ...env, API_PORT: String(await freePort()), SERVICE: 'delivery' });
      start(program, ['serve'], { ...env, API_PORT: String(await freePort()), SERVICE: 'log' });
      process.send!('working');
    });
  }
});
process.send!('ready');
