import { type TestGateway, startTestGateway } from './gateway.fixture';

/** A gateway for a file of tests, whose customer orders videos. */
export interface OrderingCustomer {
  /** From `beforeAll` on. */
  readonly test: TestGateway;
  send(method: string, path: string, request?: { body?: string; headers?: Record<string, string> }): Promise<Response>;
  create(body: object, headers?: Record<string, string>): Promise<Response>;
}

/** Registers the hooks of the file. */
export function orderingCustomer(): OrderingCustomer {
  let test: TestGateway;
  let authorization: string;
  beforeAll(async () => {
    test = await startTestGateway({ OUTBOUND_ALLOW_CIDRS: '192.168.7.0/24' });
    authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  });
  afterAll(() => test.stop());
  beforeEach(() => {
    test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1"}' });
    test.peers.orders.length = 0;
    test.peers.checks.length = 0;
  });
  const send: OrderingCustomer['send'] = (method, path, { body, headers = {} } = {}) =>
    fetch(`${test.url}${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body ?? null,
    });
  return {
    get test() {
      return test;
    },
    send,
    create: (body, headers = {}) => send('POST', '/v1/videos', { body: JSON.stringify(body), headers }),
  };
}

export async function faultsOf(
  response: Response,
): Promise<{ status: number; error: string; fields: string[]; message: string }> {
  const body = (await response.json()) as { error: string; message: string; details?: { field: string }[] };
  return {
    status: response.status,
    error: body.error,
    fields: (body.details ?? []).map((fault) => fault.field),
    message: body.message,
  };
}
