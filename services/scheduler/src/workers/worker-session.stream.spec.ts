import { EventEmitter } from 'node:events';
import type { WorkRequest, WorkResponse } from '@usvideo/contracts/scheduler';
import { createLogger } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import type { JobReport, ReportOutcome } from '../leasing/job-reports.sql';
import { WorkerRegistry } from './worker-registry.service';
import { WorkerSession, type SessionOptions } from './worker-session.stream';

type Ended = Parameters<SessionOptions['heartbeats']['beat']>[2];

class Stream extends EventEmitter {
  readonly told: string[] = [];
  write({ message }: WorkResponse): void {
    this.told.push(message!.$case);
  }
  end(): void {
    this.told.push('end');
  }
  receive(message: NonNullable<WorkRequest['message']>): void {
    this.emit('data', { requestId: 1, message, traceparent: '' } satisfies WorkRequest);
  }
}

/** A worker that has introduced itself and sent one heartbeat; `say` is what the database found out about its leases. */
async function session() {
  const stream = new Stream();
  const answers: ((outcome: ReportOutcome) => void)[] = [];
  const said: Ended[] = [];
  const workers = new WorkerRegistry();
  const options: SessionOptions = {
    workers,
    settings: { leaseMs: 20_000, renderTimeoutMs: 900_000 },
    logger: createLogger('scheduler-test', 'silent'),
    onFree: () => undefined,
    grants: { resend: async () => 0 } as never,
    heartbeats: { beat: (_: string, __: unknown, reject: Ended) => said.push(reject) } as never,
    reports: {
      submit: (_: JobReport) =>
        new Promise<ReportOutcome>((resolve) => {
          answers.push(resolve);
        }),
    } as never,
  };
  new WorkerSession(stream, options);
  stream.receive({
    $case: 'hello',
    value: { workerId: 'wrk_1', engine: 'e', jobClasses: ['a'], slots: 1, leaseIds: [], node: undefined },
  });
  stream.receive({ $case: 'heartbeats', value: { leases: [{ jobId: 'job_1', leaseId: 'lease_1', progress: 1 }] } });
  await eventually(() => said.length === 1, { what: 'the heartbeat is taken' });
  return { stream, answers, say: said[0]! };
}

it('tells a worker that its lease is over', async () => {
  const { stream, say } = await session();
  say('job_1', 'lease_1', 'lease_lost');
  expect(stream.told).toEqual(['welcome', 'ended']);
});

it('leaves it to the answer while the worker reports the end of that lease itself, and to nothing else', async () => {
  const { stream, answers, say } = await session();
  stream.receive({ $case: 'handBack', value: { jobId: 'job_1', leaseId: 'lease_1' } });
  await eventually(() => answers.length === 1, { what: 'the report is under way' });
  say('job_1', 'lease_1', 'lease_lost');
  expect(stream.told).toEqual(['welcome']);
  say('job_2', 'lease_2', 'cancelled');
  expect(stream.told).toEqual(['welcome', 'ended']);
  answers[0]!({ refusal: 'lease_lost', changed: false, ended: false });
  await eventually(() => stream.told.length === 3, { what: 'the answer' });
  expect(stream.told).toEqual(['welcome', 'ended', 'answer']);
  say('job_1', 'lease_1', 'lease_lost');
  expect(stream.told).toEqual(['welcome', 'ended', 'answer', 'ended']);
});
