import { startTestGateway, type TestGateway } from './gateway.fixture';

const SECRET = 'usv_live_0123456789abcdefghijklmnop';

let test: TestGateway;
let authorization: string;

beforeAll(async () => {
  test = await startTestGateway();
  authorization = test.peers.addKey(SECRET, {});
});
afterAll(() => test.stop());

function post(body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${test.url}/v1/videos`, {
    method: 'POST', headers: { authorization, 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
  });
}

describe('creating a video', () => {
  it('passes the order on and the job back as it came', async () => {
    test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1",  "seed":1.0}' });
    const response = await post({ prompt: 'a red ball', seed: 7 }, { 'idempotency-key': 'order-1' });
    expect(await response.text()).toBe('{"id":"job_1",  "seed":1.0}');
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('https://api.example.com/v1/videos/job_1');
    expect(response.headers.get('x-ratelimit-limit')).toBe('300');
    expect(test.peers.orders.at(-1)).toMatchObject({ accountId: 'acc_1', environment: 'live', idempotencyKey: 'order-1', seedGiven: true });
  });
});
