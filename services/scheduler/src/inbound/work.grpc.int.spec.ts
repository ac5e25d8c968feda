import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { LeaseGranted, WorkRequest, WorkResponse } from '@usvideo/contracts/scheduler';
import { call, traceIdOf } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { artifact } from '../../test/fake-worker';
import { newAccount, startWorld, type SchedulerWorld } from '../../test/scheduler-world';

let world: SchedulerWorld;
let stream: ClientDuplexStream<WorkRequest, WorkResponse>;
let received: NonNullable<WorkResponse['message']>[];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  received = [];
  stream = world.client.work();
  stream.on('data', (response: WorkResponse) => received.push(response.message!));
  stream.on('error', () => undefined);
});
afterEach(() => stream.cancel());

function hello(workerId: string, jobClass: string, leaseIds: string[] = []): void {
  stream.write({
    requestId: 0,
    traceparent: '',
    message: { $case: 'hello', value: { workerId, engine: 'procedural', jobClasses: [jobClass], slots: 1, leaseIds } },
  });
}

async function lease(): Promise<LeaseGranted> {
  const granted = await eventually(() => received.find((message) => message.$case === 'lease'), {
    what: 'a lease on the stream',
  });
  return granted.value as LeaseGranted;
}

async function answer(requestId: number): Promise<string> {
  const isIt = (message: NonNullable<WorkResponse['message']>) =>
    message.$case === 'answer' && message.value.requestId === requestId;
  const found = await eventually(() => received.find(isIt), { what: `the answer to report ${requestId}` });
  return (found.value as { refusal: string }).refusal;
}

async function submit(): Promise<{ accountId: string; environment: string; jobId: string }> {
  const accountId = newAccount();
  world.ledger.fund(accountId, 10_000_000n);
  const { jobId, refusal } = await world.create({ accountId });
  expect(refusal).toBe('');
  return { accountId, environment: 'live', jobId };
}

describe('the stream of a worker', () => {
  it('carries a job from its lease to its completion, in the trace of the job', async () => {
    hello('wrk_whole', 'procedural');
    const scope = await submit();
    const granted = await lease();
    expect(granted).toMatchObject({
      ...scope,
      attempt: 1,
      content: { prompt: 'a lighthouse', webhookUrl: 'https://customer.example/hook' },
    });
    const { jobJson } = await call(world.client, 'getJob', scope);
    expect(JSON.parse(jobJson)).toMatchObject({
      status: 'processing',
      trace_id: traceIdOf(granted.traceparent),
      attempts: [{ attempt: 1, worker: 'wrk_whole' }],
    });
    const { jobId, leaseId } = granted;
    stream.write({
      requestId: 1,
      traceparent: '',
      message: { $case: 'start', value: { jobId, leaseId, aspectRatio: '16:9' } },
    });
    expect(await answer(1)).toBe('');
    stream.write({
      requestId: 2,
      traceparent: '',
      message: { $case: 'complete', value: { jobId, leaseId, artifact } },
    });
    expect(await answer(2)).toBe('');
    const done = await call(world.client, 'getJob', scope);
    expect(JSON.parse(done.jobJson)).toMatchObject({ status: 'completed', cost_micros: 1_250_000 });
  });

  it('tells the worker that its job was cancelled and gives it the next', async () => {
    hello('wrk_cancelled', 'procedural');
    const scope = await submit();
    const { leaseId } = await lease();
    expect((await call(world.client, 'cancelJob', { ...scope, apiKeyId: 'key_1' })).refusal).toBe('');
    const ended = await eventually(() => received.find((message) => message.$case === 'ended'), {
      what: 'the end of the lease',
    });
    expect(ended.value).toEqual({ jobId: scope.jobId, leaseId, reason: 'cancelled' });
    const next = await submit();
    await eventually(
      () => received.some((message) => message.$case === 'lease' && message.value.jobId === next.jobId),
      { what: 'the next lease' },
    );
  });

  it('takes new limits within a second', async () => {
    const accountId = newAccount();
    const limits = { concurrentJobs: 50, queuedJobs: 10_000, createsPerMinute: 600, readsPerMinute: 3_000 };
    await call(world.client, 'syncLimits', {
      accountId,
      environment: 'live',
      limits,
      limitsVersion: 3n,
      suspended: false,
    });
    expect((await call(world.client, 'getLimits', { accountId, environment: 'live' })).allowed).toEqual(limits);
    await call(world.client, 'syncLimits', {
      accountId,
      environment: 'live',
      limits: { ...limits, concurrentJobs: 1 },
      limitsVersion: 2n,
      suspended: false,
    });
    expect((await call(world.client, 'getLimits', { accountId, environment: 'live' })).allowed?.concurrentJobs).toBe(
      50,
    );
    await expect(
      call(world.client, 'syncLimits', { accountId, environment: 'prod', limits, limitsVersion: 4n, suspended: false }),
    ).rejects.toThrow(/live or test/);
  });
});
