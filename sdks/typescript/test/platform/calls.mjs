// How the calls of sdks/README.md are made with this SDK.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyWebhook, verifyXSignature } from '@usvideoapi/sdk';

const itemsOf = (list, take) => list.all({ max: take });

async function collect(iterable) {
  const all = [];
  for await (const item of iterable) all.push(item);
  return all;
}

async function taken(iterable, count) {
  const all = [];
  for await (const item of iterable) if (all.push(item) === count) break;
  return all;
}

async function download(client, { id }) {
  const folder = await mkdtemp(join(tmpdir(), 'usvideo-sdk-'));
  try {
    const { path, bytes } = await client.videos.download(id, join(folder, 'video.mp4'));
    const file = await readFile(path);
    if (file.length !== bytes) throw new Error(`${bytes} bytes were announced and ${file.length} written`);
    return { bytes, sha256: createHash('sha256').update(file).digest('hex') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function batch(client, { count, concurrency, wait, ...request }) {
  const results = await client.videos.batch(
    Array.from({ length: count }, () => request),
    { concurrency, wait },
  );
  return results.map(({ job, error }) => (error ? { error: { code: error.code } } : { job }));
}

async function ofStand(path) {
  const response = await fetch(`${process.env.USVIDEO_STAND_URL}${path}`);
  return response.json();
}

export const calls = {
  'videos.create': (client, args, { idempotency_key: idempotencyKey }) =>
    client.videos.create(args, { idempotencyKey }),
  'videos.retrieve': (client, { id }) => client.videos.retrieve(id),
  'videos.list': (client, { take, ...query }) => itemsOf(client.videos.list(query), take),
  'videos.cancel': (client, { id }) => client.videos.cancel(id),
  'videos.delete': (client, { id }) => client.videos.delete(id),
  'videos.erase': (client, { id }) => client.videos.erase(id),
  'videos.wait': (client, { id, mode }) => client.videos.wait(id, { mode }),
  'videos.stream': (client, { id }) => collect(client.videos.stream(id)),
  'videos.create_and_wait': (client, args) => client.videos.createAndWait(args),
  'videos.download': download,
  'videos.batch': batch,
  'quotes.create': (client, args) => client.quotes.create(args),
  'models.list': (client) => itemsOf(client.models.list()),
  'balance.retrieve': (client) => client.balance.retrieve(),
  'balance.set_threshold': (client, args) => client.balance.setThreshold(args),
  'sandbox.reset': (client) => client.sandbox.reset(),
  'spend_caps.set': (client, args) => client.spendCaps.set(args),
  'usage.list': (client, { take, ...query }) => itemsOf(client.usage.list(query), take),
  'usage.summary': (client, query) => client.usage.summary(query),
  'usage.csv': (client, query) => client.usage.csv(query),
  'ledger.list': (client, { take, ...query }) => itemsOf(client.ledger.list(query), take),
  'statements.list': (client, { take, ...query }) => itemsOf(client.statements.list(query), take),
  'statements.retrieve': (client, { period }) => client.statements.retrieve(period),
  'topups.list': (client, { take, ...query }) => itemsOf(client.topUps.list(query), take),
  'topups.create': (client, args) => client.topUps.create(args),
  'auto_topup.retrieve': (client) => client.autoTopUp.retrieve(),
  'auto_topup.set': (client, request) => client.autoTopUp.set(request),
  'auto_topup.set_up_payment_method': (client, request) => client.autoTopUp.setUpPaymentMethod(request),
  'auto_topup.remove_payment_method': (client) => client.autoTopUp.removePaymentMethod(),
  'account.retrieve': (client) => client.account.retrieve(),
  'limits.retrieve': (client) => client.limits.retrieve(),
  'api_keys.list': (client) => client.apiKeys.list(),
  'api_keys.create': (client, args) => client.apiKeys.create(args),
  'api_keys.rotate': (client, { id, ...request }) => client.apiKeys.rotate(id, request),
  'api_keys.revoke': (client, { id }) => client.apiKeys.revoke(id),
  'deliveries.list': (client, { take, ...query }) => itemsOf(client.deliveries.list(query), take),
  'deliveries.retrieve': (client, { id }) => client.deliveries.retrieve(id),
  'deliveries.redeliver': (client, { id }) => client.deliveries.redeliver(id),
  'deliveries.redeliver_many': (client, request) => client.deliveries.redeliverMany(request),
  'endpoints.list': (client) => itemsOf(client.webhookEndpoints.list()),
  'endpoints.create': (client, request) => client.webhookEndpoints.create(request),
  'endpoints.retrieve': (client, { id }) => client.webhookEndpoints.retrieve(id),
  'endpoints.update': (client, { id, ...changes }) => client.webhookEndpoints.update(id, changes),
  'endpoints.delete': (client, { id }) => client.webhookEndpoints.delete(id),
  'endpoints.test': (client, { id }) => client.webhookEndpoints.test(id),
  'webhook_secrets.retrieve': (client, { endpoint_id: id }) => client.webhookSecrets.retrieve(id),
  'webhook_secrets.rotate': (client, request) => client.webhookSecrets.rotate(request),
  'events.list': (client, query) => client.events.list(query),
  'events.stream': (client, { after, take }) => taken(client.events.stream({ after }), take),
  request: (client, args) => client.request(args),
  'webhooks.verify': (_, { payload, headers, secrets, now, tolerance_seconds: toleranceSeconds }) =>
    verifyWebhook({ payload, headers, secret: secrets, now: new Date(now * 1_000), toleranceSeconds }),
  'webhooks.verify_x_signature': (_, { payload, headers, secrets }) =>
    verifyXSignature({ payload, headers, secret: secrets }),
  'stand.webhook': (_, { run }) => ofStand(`/webhooks/${run}`),
  'stand.report': (_, { run }) => ofStand(`/report/${run}`),
};
