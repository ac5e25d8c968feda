import { status } from '@grpc/grpc-js';
import type {
  CreateEndpointRequest,
  Endpoint,
  RedeliverRequest,
  RotateSecretRequest,
  UpdateEndpointRequest,
} from '@usvideo/contracts/webhooks';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

interface Body {
  readonly error?: string;
  readonly details: readonly { readonly field: string }[];
}

let test: TestGateway;
let key: string;

beforeAll(async () => {
  test = await startTestGateway();
  key = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.webhooks = {};
});

const endpoint: Endpoint = {
  endpointId: 'whe_1',
  url: 'https://a.example/',
  events: ['video.completed'],
  description: '',
  enabled: true,
  disabledReason: '',
  disabledAt: undefined,
  headers: [{ name: 'Authorization', value: '••••cdef' }],
  createdAt: new Date(0),
};

async function ask(
  method: string,
  path: string,
  body?: object,
  authorization = key,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${test.url}/v1/webhooks/${path}`, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('webhook endpoints', () => {
  it('are created with two events unless told, and shown with masked headers', async () => {
    let seen: CreateEndpointRequest | undefined;
    test.peers.webhooks.createEndpoint = (request) => {
      seen = request;
      return { faults: [], endpoint, secret: 'whsec_x' };
    };
    const { body, status: answered } = await ask('POST', 'endpoints', {
      url: 'https://a.example/',
      headers: { Authorization: 'Bearer x' },
    });
    expect(answered).toBe(201);
    expect(seen).toMatchObject({
      accountId: 'acc_1',
      environment: 'live',
      events: ['video.completed', 'video.failed'],
      headers: [{ name: 'Authorization', value: 'Bearer x' }],
    });
    expect(body).toEqual({
      id: 'whe_1',
      object: 'webhook_endpoint',
      url: 'https://a.example/',
      events: ['video.completed'],
      description: null,
      headers: { Authorization: '••••cdef' },
      enabled: true,
      disabled_reason: null,
      disabled_at: null,
      livemode: true,
      created_at: '1970-01-01T00:00:00.000Z',
      secret: 'whsec_x',
    });
  });

  it('are refused with all that webhooks found wrong', async () => {
    test.peers.webhooks.createEndpoint = () => ({
      faults: [
        { field: 'url', message: 'cannot be used: its host is not a public address' },
        { field: 'headers.Host', message: 'is set by the platform or the connection' },
      ],
      endpoint: undefined,
      secret: '',
    });
    const { body, status: answered } = await ask('POST', 'endpoints', {
      url: 'https://10.0.0.1/',
      headers: { Host: 'x' },
    });
    expect([answered, body.details.map((detail) => detail.field)]).toEqual([400, ['url', 'headers.Host']]);
    test.peers.webhooks.createEndpoint = () => ({
      faults: [{ field: '', message: 'There are 20 endpoints, as many as there may be.' }],
      endpoint: undefined,
      secret: '',
    });
    expect((await ask('POST', 'endpoints', { url: 'https://a.example/' })).body).toMatchObject({
      error: 'invalid_request',
      message: 'There are 20 endpoints, as many as there may be.',
    });
    expect((await ask('POST', 'endpoints', { url: 'https://a.example/', events: ['video.started'] })).status).toBe(400);
  });

  it('change only in what is given', async () => {
    let seen: UpdateEndpointRequest | undefined;
    test.peers.webhooks.updateEndpoint = (request) => {
      seen = request;
      return { faults: [], endpoint: { ...endpoint, enabled: false, disabledReason: 'customer' } };
    };
    expect((await ask('PATCH', 'endpoints/whe_1', { enabled: false })).body).toMatchObject({
      enabled: false,
      disabled_reason: 'customer',
    });
    expect(seen).toMatchObject({ endpointId: 'whe_1', enabled: false, events: undefined, headers: undefined });
    expect(seen!.url).toBeUndefined();
  });

  it("that are not there, or another's, are not found", async () => {
    const missing = () => {
      throw failure(status.NOT_FOUND);
    };
    Object.assign(test.peers.webhooks, {
      updateEndpoint: missing,
      deleteEndpoint: missing,
      getSecret: missing,
      rotateSecret: missing,
      sendTestEvent: missing,
      redeliver: missing,
    });
    test.peers.webhooks.listEndpoints = () => ({ endpoints: [] });
    test.peers.webhooks.listDeliveries = () => ({ deliveries: [], hasMore: false });
    const answers = await Promise.all([
      ask('GET', 'endpoints/whe_1'),
      ask('PATCH', 'endpoints/whe_1', {}),
      ask('DELETE', 'endpoints/whe_1'),
      ask('GET', 'endpoints/whe_1/secret'),
      ask('POST', 'endpoints/whe_1/secret/rotate'),
      ask('POST', 'test', { endpoint_id: 'whe_1' }),
      ask('GET', 'deliveries/dlv_1'),
      ask('POST', 'deliveries/dlv_1/redeliver'),
    ]);
    expect(answers.map((answer) => [answer.status, answer.body.error])).toEqual(Array(8).fill([404, 'not_found']));
  });

  it('need the scope webhooks, their secrets too', async () => {
    const without = test.peers.addKey('usv_live_without_webhooks_0123456789', { scopes: ['videos'] });
    for (const path of ['endpoints', 'secret', 'deliveries'])
      expect((await ask('GET', path, undefined, without)).status).toBe(403);
  });
});

describe('secrets', () => {
  it('are read, and rotated with a day of overlap unless told', async () => {
    let seen: RotateSecretRequest | undefined;
    const secret = { secret: 'whsec_new', previousSecret: 'whsec_old', previousExpiresAt: new Date(0) };
    test.peers.webhooks.getSecret = () => ({
      secret: 'whsec_x',
      previousSecret: undefined,
      previousExpiresAt: undefined,
    });
    test.peers.webhooks.rotateSecret = (request) => {
      seen = request;
      return { secret };
    };
    expect((await ask('GET', 'secret')).body).toEqual({
      object: 'webhook_secret',
      secret: 'whsec_x',
      previous_secret: null,
      previous_secret_expires_at: null,
    });
    expect((await ask('POST', 'secret/rotate')).body).toMatchObject({
      secret: 'whsec_new',
      previous_secret: 'whsec_old',
      previous_secret_expires_at: '1970-01-01T00:00:00.000Z',
    });
    expect(seen).toMatchObject({ endpointId: '', overlapSeconds: 86_400 });
    await ask('POST', 'endpoints/whe_1/secret/rotate', { overlap_hours: 0 });
    expect(seen).toMatchObject({ endpointId: 'whe_1', overlapSeconds: 0 });
    expect((await ask('POST', 'secret/rotate', { overlap_hours: 169 })).status).toBe(400);
  });
});

describe('redelivery', () => {
  it('is asked for one delivery, or for what failed in a time', async () => {
    const seen: RedeliverRequest[] = [];
    test.peers.webhooks.redeliver = (request) => {
      seen.push(request);
      return { deliveryIds: ['dlv_2'], nextCursor: 'dlv_1' };
    };
    expect(await ask('POST', 'deliveries/dlv_1/redeliver')).toMatchObject({
      status: 202,
      body: { delivery_ids: ['dlv_2'] },
    });
    const many = await ask('POST', 'deliveries/redeliver', {
      endpoint_id: 'whe_1',
      created_after: '2026-03-01T00:00:00Z',
    });
    expect(many).toMatchObject({ status: 202, body: { delivery_ids: ['dlv_2'], next_cursor: 'dlv_1' } });
    expect(seen).toMatchObject([
      { deliveryId: 'dlv_1', statuses: [] },
      { deliveryId: '', statuses: ['failed'], endpointId: 'whe_1', createdAfter: new Date('2026-03-01T00:00:00Z') },
    ]);
  });
  it('is refused while as many wait as may, and may be asked for again', async () => {
    test.peers.webhooks.redeliver = () => {
      throw failure(status.RESOURCE_EXHAUSTED);
    };
    for (const path of ['deliveries/dlv_1/redeliver', 'deliveries/redeliver'])
      expect(await ask('POST', path)).toMatchObject({ status: 429, body: { error: 'queue_limit_exceeded' } });
  });
});
