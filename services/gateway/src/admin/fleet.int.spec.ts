import { ADMIN_TOKEN, type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

async function admin(method: string, path: string, body?: object) {
  const response = await fetch(`${test.adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the fleet', () => {
  it('is listed by page, with what keeps a worker from work', async () => {
    const asked: object[] = [];
    const worker = {
      workerId: 'wrk_1',
      engine: 'openai-videos',
      node: '',
      jobClasses: ['wan'],
      slots: 2,
      leased: 1,
      seenAt: new Date(0),
      connected: true,
      cordon: 'draining',
      remote: false,
      capabilities: {
        models: ['Wan-AI/Wan2.2'],
        modes: ['text_to_video'],
        resolutions: ['480p'],
        gpuName: 'NVIDIA H200',
        gpuMemoryMib: 143_771,
      },
      lastFailure: { jobId: 'job_1', errorCode: 'engine_error', errorMessage: 'out of memory', failedAt: new Date(0) },
    };
    test.peers.scheduler.listWorkers = (request) => {
      asked.push(request);
      return { workers: [worker], hasMore: true };
    };
    expect(await admin('GET', '/workers?limit=1&starting_after=wrk_0')).toMatchObject({
      status: 200,
      body: {
        data: [
          {
            ...{ id: 'wrk_1', node: null, job_classes: ['wan'], slots: 2, running_jobs: 1, cordon: 'draining' },
            ...{ remote: false, models: ['Wan-AI/Wan2.2'], modes: ['text_to_video'], resolutions: ['480p'] },
            ...{ gpu_name: 'NVIDIA H200', gpu_memory_mib: 143_771 },
            last_error: { code: 'engine_error', message: 'out of memory', job_id: 'job_1' },
          },
        ],
        has_more: true,
        next_cursor: 'wrk_1',
      },
    });
    expect(asked).toEqual([{ limit: 1, afterWorkerId: 'wrk_0' }]);
  });

  it.each([
    ['/workers/wrk_1/cordon', 'worker', 'wrk_1', { state: 'cordoned' }],
    ['/nodes/gpu-7.example/cordon', 'node', 'gpu-7.example', { state: 'draining', grace_seconds: 60 }],
    ['/nodes/gpu-7.example/cordon', 'node', 'gpu-7.example', { state: 'none' }],
  ])('obeys PUT %s, which is on record first', async (path, kind, name, body) => {
    const seen: object[] = [];
    test.peers.recorded.length = 0;
    test.peers.scheduler.setCordon = (request) => {
      seen.push({ ...request, recorded: test.peers.recorded.length });
      return {};
    };
    expect(await admin('PUT', path, body)).toMatchObject({ status: 200, body: { kind, name, state: body.state } });
    expect(seen).toMatchObject([{ kind, name, state: body.state, author: 'bootstrap', recorded: 1 }]);
    expect(test.peers.recorded).toMatchObject([{ action: 'cordon_ordered', subject: `${kind} ${name}` }]);
  });

  it.each([
    ['/workers/wrk_1/cordon', {}, 400],
    ['/workers/wrk_1/cordon', { state: 'asleep' }, 400],
    ['/workers/wrk_1/cordon', { state: 'cordoned', grace_seconds: 5 }, 400],
    ['/nodes/a%20b/cordon', { state: 'none' }, 404],
  ])('refuses PUT %s %j', async (path, body, code) => {
    expect((await admin('PUT', path, body)).status).toBe(code);
  });
});

describe('the queue', () => {
  it('is shown by class, what a worker could take apart from what a limit holds', async () => {
    const standing = {
      jobClass: 'wan',
      environment: 'live',
      eligible: 3,
      eligibleOldestSeconds: 12.4,
      held: 40,
      heldOldestSeconds: 900,
      accounts: 2,
      running: 5,
      slots: 6,
    };
    test.peers.scheduler.listQueues = () => ({ queues: [standing], ageSeconds: 1.26 });
    expect(await admin('GET', '/queues')).toMatchObject({
      status: 200,
      body: {
        age_seconds: 1.3,
        data: [
          {
            job_class: 'wan',
            livemode: true,
            eligible: { jobs: 3, oldest_seconds: 12 },
            held: { jobs: 40, oldest_seconds: 900 },
            running_jobs: 5,
            slots: 6,
          },
        ],
      },
    });
  });
});
