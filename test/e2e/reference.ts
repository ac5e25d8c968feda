import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { eventually, type HttpReceiver } from '@usvideo/testing';
import { type Answer, Customer } from './customer';
import { openFeed, streamedEvents } from './event-stream';
import { RecordedExamples } from './recorded-examples';
import type { Stage } from './stage';

type Schema = Record<string, unknown>;
interface Document {
  readonly paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  readonly components: { readonly schemas: Record<string, Schema> };
  readonly servers: { url: string }[];
}

const BODY = { prompt: 'a calm sea at dawn', resolution: '480p', duration: 1 };

export function theReference(stage: () => Stage): void {
  describe('the reference', () => {
    let document: Document;
    let receiver: HttpReceiver;
    let live: Customer;
    let examples: RecordedExamples;
    const told = new Set<string>();

    beforeAll(async () => {
      ({ live } = stage());
      receiver = await stage().platform.receiver();
      document = (await live.get<Document>('/openapi.json')).body;
      examples = new RecordedExamples(live.url);
    });
    afterAll(async () => {
      examples.save();
      await receiver.stop();
    });

    /** Strict, so that a field that the reference does not tell of is found. */
    function expectAsTold(operation: string, answer: Answer, refused = false): void {
      expect([operation, answer.status >= 400, answer.body]).toEqual([operation, refused, answer.body]);
      const [method, path] = operation.split(' ') as [string, string];
      const schema =
        document.paths[path]?.[method.toLowerCase()]?.responses[answer.status]?.content?.['application/json']?.schema;
      expect([operation, answer.status, typeof schema]).toEqual([operation, answer.status, 'object']);
      const closed = JSON.parse(
        JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
          '#/components/schemas/',
          '#/$defs/',
        ),
        (_, value: Schema) =>
          value?.['type'] === 'object' && value['properties'] !== undefined
            ? { ...value, additionalProperties: false }
            : value,
      ) as Parameters<typeof z.fromJSONSchema>[0];
      const { error } = z.fromJSONSchema(closed).safeParse(answer.body);
      expect([operation, error?.issues ?? []]).toEqual([operation, []]);
      told.add(operation);
      if (!refused) examples.add(idOf(operation), String(answer.status), answer.body);
    }

    function idOf(operation: string): string {
      const [method, path] = operation.split(' ') as [string, string];
      return document.paths[path]![method.toLowerCase()]!.operationId;
    }

    it('is what is committed, under the public address', () => {
      const committed = JSON.parse(
        readFileSync(join(__dirname, '..', '..', 'services', 'gateway', 'openapi.json'), 'utf8'),
      ) as Document;
      expect(document).toEqual({ ...committed, servers: [{ url: live.url }] });
    });

    it('tells of a video what it is at every moment of its life', async () => {
      const created = await live.create({
        ...BODY,
        metadata: { order: '42' },
        end_user: 'ann',
        negative_prompt: 'rain',
        seed: 7,
        webhook_url: receiver.url,
      });
      expectAsTold('POST /v1/videos', created as unknown as Answer);
      await live.ended(created.body.id);
      await receiver.received(1, 30_000);
      expectAsTold('GET /v1/videos/{id}', await live.get(`/v1/videos/${created.body.id}`));
      examples.add('streamVideo', '200', (await live.get(`/v1/videos/${created.body.id}/events`)).text);
      examples.add('listUsage', '200 text/csv', (await live.get('/v1/usage', { accept: 'text/csv' })).text);
      const failing = await stage().sandbox.create({ ...BODY, prompt: 'sandbox:fail=content_rejected' });
      await stage().sandbox.ended(failing.body.id);
      expectAsTold('GET /v1/videos/{id}', await stage().sandbox.get(`/v1/videos/${failing.body.id}`));
      const waiting = await stage().sandbox.create({ ...BODY, prompt: 'sandbox:hold_pending=600' });
      expectAsTold('POST /v1/videos/{id}/cancel', await stage().sandbox.post(`/v1/videos/${waiting.body.id}/cancel`));
      expectAsTold('DELETE /v1/videos/{id}', await stage().sandbox.delete(`/v1/videos/${waiting.body.id}`));
      expectAsTold('DELETE /v1/videos/{id}/content', await live.delete(`/v1/videos/${created.body.id}/content`));
      expectAsTold('GET /v1/videos/{id}', await live.get(`/v1/videos/${created.body.id}`));
    }, 60_000);

    it.each([
      '/v1/videos',
      '/v1/models',
      '/v1/balance',
      '/v1/usage',
      '/v1/ledger',
      '/v1/statements',
      '/v1/topups',
      '/v1/account',
      '/v1/limits',
      '/v1/api-keys',
      '/v1/webhooks/deliveries',
    ])('tells what GET %s answers, live and in the sandbox', async (path) => {
      expectAsTold(`GET ${path}`, await live.get(path));
      expectAsTold(`GET ${path}`, await stage().sandbox.get(path));
    });

    it('tells what a customer gets for an order', async () => {
      const { body: period } = await live.get<{ data: { period: string }[] }>('/v1/statements');
      expectAsTold('GET /v1/statements/{period}', await live.get(`/v1/statements/${period.data[0]!.period}`));
      expectAsTold('POST /v1/quotes', await live.post('/v1/quotes', BODY));
      expectAsTold('PUT /v1/spend-caps', await live.put('/v1/spend-caps', { limit_usd: 100 }));
      expectAsTold('POST /v1/sandbox/reset', await stage().sandbox.post('/v1/sandbox/reset'));
      expectAsTold('PUT /v1/balance/threshold', await live.put('/v1/balance/threshold', { threshold_usd: 10 }));
      const topUp = await live.post<{ id: string }>('/v1/topups', { amount_usd: 5 }, { 'idempotency-key': 'five' });
      expectAsTold('POST /v1/topups', topUp);
      expectAsTold('GET /v1/topups/{id}', await live.get(`/v1/topups/${topUp.body.id}`));
      expectAsTold('GET /v1/auto-topup', await live.get('/v1/auto-topup'));
      expectAsTold(
        'PUT /v1/auto-topup',
        await live.put('/v1/auto-topup', { enabled: true, threshold_usd: 20, amount_usd: 50, monthly_max_usd: 100 }),
      );
      expectAsTold('DELETE /v1/auto-topup/payment-method', await live.delete('/v1/auto-topup/payment-method'));
      const key = await live.post<{ id: string }>('/v1/api-keys', { name: 'second' });
      expectAsTold('POST /v1/api-keys', key);
      const rotated = await live.post<{ id: string }>(`/v1/api-keys/${key.body.id}/rotate`, { expire_old_now: true });
      expectAsTold('POST /v1/api-keys/{id}/rotate', rotated);
      expectAsTold('DELETE /v1/api-keys/{id}', await live.delete(`/v1/api-keys/${rotated.body.id}`));
      const registration = {
        email: `${randomUUID()}@example.com`,
        password: 'correct horse battery',
        account_name: 'Reference',
      };
      expectAsTold(
        'POST /v1/auth/register',
        await new Customer(live.url, undefined).post('/v1/auth/register', registration),
      );
    });

    it('tells what people get who sign in', async () => {
      const nobody = new Customer(live.url, undefined);
      const person = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
      await nobody.post('/v1/auth/register', { ...person, account_name: 'Reference' });
      const login = await nobody.post<{ csrf_token: string; account: { account_id: string } }>(
        '/v1/auth/login',
        person,
      );
      expectAsTold('POST /v1/auth/login', login);
      const headers = {
        cookie: login.headers.get('set-cookie')!.split(';')[0]!,
        'x-csrf-token': login.body.csrf_token,
      };
      const send = (method: string, path: string, body?: object) =>
        nobody.request<{ id: string }>(method, path, body && JSON.stringify(body), headers);
      expectAsTold('GET /v1/auth/session', await send('GET', '/v1/auth/session'));
      expectAsTold(
        'PUT /v1/auth/session',
        await send('PUT', '/v1/auth/session', { account_id: login.body.account.account_id }),
      );
      expectAsTold('POST /v1/auth/forgot', await nobody.post('/v1/auth/forgot', { email: person.email }));
      expectAsTold(
        'POST /v1/auth/password',
        await send('POST', '/v1/auth/password', {
          current_password: person.password,
          new_password: 'a staple of batteries',
        }),
      );
      expectAsTold('GET /v1/auth/methods', await nobody.get('/v1/auth/methods'));
      expectAsTold('GET /v1/auth/passkeys', await send('GET', '/v1/auth/passkeys'));
      expectAsTold('POST /v1/auth/totp', await send('POST', '/v1/auth/totp'));
      expectAsTold('DELETE /v1/auth/totp', await send('DELETE', '/v1/auth/totp'));
      const invited = await send('POST', '/v1/members/invitations', { email: 'dev@example.com', role: 'developer' });
      expectAsTold('POST /v1/members/invitations', invited);
      expectAsTold('GET /v1/members', await send('GET', '/v1/members'));
      expectAsTold('DELETE /v1/members/{id}', await send('DELETE', `/v1/members/${invited.body.id}`));
      expectAsTold('POST /v1/auth/logout', await send('POST', '/v1/auth/logout'));
    });

    it('tells what endpoints, their deliveries and the feed answer', async () => {
      const { sandbox } = stage();
      const made = await sandbox.post<{ id: string }>('/v1/webhooks/endpoints', {
        url: `${receiver.url}/all`,
        events: ['video.completed'],
        headers: { 'X-Shop': 'secret' },
      });
      expectAsTold('POST /v1/webhooks/endpoints', made);
      const endpoint = `/v1/webhooks/endpoints/${made.body.id}`;
      expectAsTold('GET /v1/webhooks/endpoints', await sandbox.get('/v1/webhooks/endpoints'));
      expectAsTold('GET /v1/webhooks/endpoints/{id}', await sandbox.get(endpoint));
      expectAsTold(
        'PATCH /v1/webhooks/endpoints/{id}',
        await sandbox.request('PATCH', endpoint, JSON.stringify({ description: 'all of it' })),
      );
      expectAsTold('GET /v1/webhooks/endpoints/{id}/secret', await sandbox.get(`${endpoint}/secret`));
      expectAsTold(
        'POST /v1/webhooks/endpoints/{id}/secret/rotate',
        await sandbox.post(`${endpoint}/secret/rotate`, { overlap_hours: 1 }),
      );
      expectAsTold('POST /v1/webhooks/test', await sandbox.post('/v1/webhooks/test', { endpoint_id: made.body.id }));
      await eventually(() => receiver.requests.some((request) => request.path === '/all'), {
        what: 'the test event was received',
      });
      const { body: log } = await sandbox.get<{ data: { id: string }[] }>(
        `/v1/webhooks/deliveries?endpoint_id=${made.body.id}`,
      );
      const delivery = `/v1/webhooks/deliveries/${log.data[0]!.id}`;
      expectAsTold('GET /v1/webhooks/deliveries/{id}', await sandbox.get(delivery));
      expectAsTold('POST /v1/webhooks/deliveries/{id}/redeliver', await sandbox.post(`${delivery}/redeliver`));
      expectAsTold(
        'POST /v1/webhooks/deliveries/redeliver',
        await sandbox.post('/v1/webhooks/deliveries/redeliver', { endpoint_id: made.body.id, status: ['delivered'] }),
      );
      expectAsTold('GET /v1/events', await sandbox.get('/v1/events'));
      const feed = await openFeed(sandbox.url, sandbox.key!, '0');
      for await (const { id, event, data } of streamedEvents(feed)) {
        examples.add('listEvents', '200 text/event-stream', `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);
        break;
      }
      expectAsTold('POST /v1/stream-tokens', await sandbox.post('/v1/stream-tokens', {}));
      expectAsTold('GET /v1/webhooks/secret', await sandbox.get('/v1/webhooks/secret'));
      expectAsTold(
        'POST /v1/webhooks/secret/rotate',
        await sandbox.post('/v1/webhooks/secret/rotate', { overlap_hours: 1 }),
      );
      expectAsTold('DELETE /v1/webhooks/endpoints/{id}', await sandbox.delete(endpoint));
    }, 60_000);

    it('tells of an uploaded file, and of the video that begins with it', async () => {
      const form = new FormData();
      form.append(
        'file',
        new Blob([
          new Uint8Array(
            await sharp({ create: { width: 64, height: 36, channels: 3, background: '#c02020' } })
              .png()
              .toBuffer(),
          ),
        ]),
      );
      const file = await live.upload<{ id: string }>('/v1/files', form);
      expectAsTold('POST /v1/files', file);
      expectAsTold('GET /v1/files/{id}', await live.get(`/v1/files/${file.body.id}`));
      const created = await live.create({ ...BODY, first_frame: file.body.id });
      expectAsTold('POST /v1/videos', created as unknown as Answer);
      expectAsTold('DELETE /v1/files/{id}', await live.delete(`/v1/files/${file.body.id}`));
      expect(await live.ended(created.body.id)).toMatchObject({
        status: 'completed',
        first_frame: file.body.id,
        mode: 'image_to_video',
      });
    });

    it('tells how a refusal looks', async () => {
      expectAsTold('POST /v1/videos', (await live.create({})) as unknown as Answer, true);
      expectAsTold('GET /v1/videos/{id}', await live.get('/v1/videos/job_00000000000000000000000000'), true);
    });

    it('has no operation with a JSON answer that was not compared', () => {
      const answering = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, { responses }]) =>
            Object.entries(responses).some(
              ([status, { content }]) => status < '300' && content?.['application/json'] !== undefined,
            ),
          )
          .map(([method]) => `${method.toUpperCase()} ${path}`),
      );
      // Stripe's news need its signature: billing.ts; the document itself has no schema; a letter's link or a code is spent in people.int.spec.ts; a card is saved and passkeys are made in test/browser.
      const elsewhere = [
        'POST /v1/payments/stripe/events',
        'GET /openapi.json',
        'POST /v1/auth/reset',
        'POST /v1/auth/verify',
        'POST /v1/auth/accept-invitation',
        'POST /v1/auth/totp/confirm',
        'PATCH /v1/members/{id}',
        'POST /v1/auto-topup/payment-method',
        'POST /v1/auth/passkeys',
        'POST /v1/auth/passkeys/options',
        'DELETE /v1/auth/passkeys/{id}',
        'POST /v1/auth/passkey-login',
        'POST /v1/auth/passkey-login/options',
      ];
      expect(answering.filter((operation) => !told.has(operation)).sort()).toEqual(elsewhere.sort());
    });
  });
}
