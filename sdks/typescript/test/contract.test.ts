import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { USVideo, VERSION } from '../src/index.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(here(path), 'utf8')) as Record<string, never>;
const document = json('../../../services/gateway/openapi.json') as unknown as {
  paths: Record<string, Record<string, { operationId: string; security?: Record<string, unknown>[] }>>;
  components: { schemas: { Error: { properties: { error: { description: string } } } } };
};

/** Those that no key opens are for people at a screen, payment providers and readers; links to files open themselves. */
const isForKeys = ({ operationId, security = [] }: { operationId: string; security?: Record<string, unknown>[] }) =>
  operationId === 'getMedia' || security.some((scheme) => !('sessionCookie' in scheme));

/** One call of every method. */
const CALLS: readonly ((client: USVideo) => unknown)[] = [
  (c) => c.videos.create({ prompt: 'x' }),
  (c) => c.videos.retrieve('x'),
  (c) => c.videos.list(),
  (c) => c.videos.cancel('x'),
  (c) => c.videos.delete('x'),
  (c) => c.videos.erase('x'),
  (c) => drain(c.videos.stream('x')),
  (c) => drain(c.videos.content('x')),
  (c) => c.files.create(new Uint8Array(1)),
  (c) => c.files.retrieve('x'),
  (c) => c.files.delete('x'),
  (c) => c.quotes.create({}),
  (c) => c.models.list(),
  (c) => c.balance.retrieve(),
  (c) => c.balance.setThreshold({ threshold_usd: '1' }),
  (c) => c.sandbox.reset(),
  (c) => c.spendCaps.set({ limit_usd: null }),
  (c) => c.autoTopUp.retrieve(),
  (c) => c.autoTopUp.set({ enabled: false, threshold_usd: '0', amount_usd: '0', monthly_max_usd: '0' }),
  (c) => c.autoTopUp.setUpPaymentMethod({ success_url: 'https://host/' }),
  (c) => c.autoTopUp.removePaymentMethod(),
  (c) => c.usage.list(),
  (c) => c.ledger.list(),
  (c) => c.statements.list(),
  (c) => c.statements.retrieve('x'),
  (c) => c.topUps.create({ amount_usd: '1' }),
  (c) => c.topUps.list(),
  (c) => c.topUps.retrieve('x'),
  (c) => c.account.retrieve(),
  (c) => c.limits.retrieve(),
  (c) => c.apiKeys.list(),
  (c) => c.apiKeys.create({ name: 'x' }),
  (c) => c.apiKeys.rotate('x'),
  (c) => c.apiKeys.revoke('x'),
  (c) => c.deliveries.list(),
  (c) => c.deliveries.retrieve('x'),
  (c) => c.deliveries.redeliver('x'),
  (c) => c.deliveries.redeliverMany(),
  (c) => c.events.list(),
  (c) => c.streamTokens.create(),
  (c) => c.webhookEndpoints.list(),
  (c) => c.webhookEndpoints.create({ url: 'https://a.example' }),
  (c) => c.webhookEndpoints.retrieve('x'),
  (c) => c.webhookEndpoints.update('x', { enabled: false }),
  (c) => c.webhookEndpoints.delete('x'),
  (c) => c.webhookEndpoints.test('x'),
  (c) => c.webhookSecrets.retrieve(),
  (c) => c.webhookSecrets.retrieve('x'),
  (c) => c.webhookSecrets.rotate(),
  (c) => c.webhookSecrets.rotate({ endpoint_id: 'x' }),
];

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

async function requestsOf(call: (client: USVideo) => unknown): Promise<string[]> {
  const requests: string[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    requests.push(`${init?.method ?? 'GET'} ${new URL(url as string).pathname}`);
    return Response.json({ status: 'completed', data: [], keys: [], video_url: 'http://host/v/x.mp4' });
  };
  await call(
    new USVideo({ baseUrl: 'http://host', apiKey: 'key', fetch: fetch as typeof globalThis.fetch, maxRetries: 0 }),
  );
  return requests;
}

test('there is a method for every operation of the server, and none for what it has not', async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const called = new Set((await Promise.all(CALLS.map(requestsOf))).flat());
  const isOf = (path: string, request: string) =>
    new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(request);
  const missing = operations.filter(
    (operation) =>
      isForKeys(operation) && ![...called].some((request) => isOf(`${operation.method} ${operation.path}`, request)),
  );
  assert.deepEqual(
    missing.map(({ operationId }) => operationId),
    [],
  );
  assert.deepEqual(
    [...called].filter((request) => !operations.some(({ method, path }) => isOf(`${method} ${path}`, request))),
    [],
  );
});

test("the types are those of the server's document", () => {
  execFileSync(process.execPath, [here('../generate.mjs'), '--check'], { stdio: 'pipe' });
});

test('every error code of the server is known', () => {
  const published = /refusal: ([a-z_, ]+);/
    .exec(document.components.schemas.Error.properties.error.description)![1]!
    .split(', ');
  const source = readFileSync(here('../src/errors.ts'), 'utf8');
  assert.ok(published.length > 20);
  assert.deepEqual(
    published.filter((code) => !source.includes(`'${code}'`)),
    [],
  );
});

test('who loses the stream before anything happened goes on where it stood', async () => {
  const asked: (string | undefined)[] = [];
  const answers = ['retry: 1\nid: 41\n\n', 'id: 42\nevent: x\ndata: {"sequence":42}\n\n'];
  const fetch = async (_url: string | URL | Request, init?: RequestInit) => {
    asked.push((init?.headers as Record<string, string>)['last-event-id']);
    return new Response(answers[asked.length - 1], { headers: { 'content-type': 'text/event-stream' } });
  };
  const client = new USVideo({
    baseUrl: 'http://host',
    apiKey: 'key',
    fetch: fetch as typeof globalThis.fetch,
    maxRetries: 0,
  });
  const { value } = await client.events.stream().next();
  assert.deepEqual([value?.sequence, asked], [42, [undefined, '41']]);
});

test("the version is the package's", () => {
  assert.equal(VERSION, json('../package.json').version);
});
