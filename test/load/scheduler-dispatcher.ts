/**
 * Dispatch as it is built, with workers in the same process that render nothing for a while. Started by `scheduler.ts`: `work` lets the
 * workers in, `tell` asks what was given to them so far.
 */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { LeaseGranted, WorkRequest, WorkResponse } from '@usvideo/contracts/scheduler';
import { openDatabase } from '@usvideo/event-store';
import { createLogger } from '@usvideo/runtime';
import { PROBE, RENDER_MS, SLOTS, type Told, WORKERS } from './scheduler-load.ts';

const require = createRequire(import.meta.url);
const { Dispatch } =
  require('../../services/scheduler/dist/dispatch/dispatch.service.js') as typeof import('../../services/scheduler/src/dispatch/dispatch.service.ts');
const { JobChanges } =
  require('../../services/scheduler/dist/views/job-changes.js') as typeof import('../../services/scheduler/src/views/job-changes.ts');

const [url, process_] = process.argv.slice(2) as [string, string];
const told: Told = { starts: [], probes: [], idle: [] };
const database = openDatabase({ url, poolSize: 16, applicationName: 'bench' }, () => undefined);
const dispatch = new Dispatch({
  database,
  databaseUrl: url,
  settings: { leaseMs: 20_000, renderTimeoutMs: 900_000 },
  changes: new JobChanges(),
  logger: createLogger('scheduler', 'error'),
  onEnded: () => undefined,
  onCommitted: () => undefined,
}).start();

const artifact = {
  videoKey: 'videos/1.mp4',
  thumbnailKey: 'thumbnails/1.jpg',
  sizeBytes: 1_000n,
  sha256: 'ab',
  width: 1280,
  height: 720,
  frames: 120,
  durationMs: 5_000,
};

/** The worker's end of a stream into dispatch, without the network. */
class BenchWorker extends EventEmitter {
  private lastRequestId = 0;
  private readonly asked = new Map<number, (refusal: string) => void>();
  /** When its free slots became free; none of those it came with. */
  private readonly freeSince: number[] = [];

  write({ message }: WorkResponse): void {
    if (message?.$case === 'lease') void this.render(message.value);
    if (message?.$case === 'answer') this.asked.get(message.value.requestId)?.(message.value.refusal);
  }

  end(): void {
    this.removeAllListeners();
  }

  say(message: NonNullable<WorkRequest['message']>, requestId = 0): void {
    this.emit('data', { requestId, traceparent: '', message } satisfies WorkRequest);
  }

  private async render({ accountId, jobId, leaseId }: LeaseGranted): Promise<void> {
    const now = performance.timeOrigin + performance.now();
    const since = this.freeSince.shift();
    if (since !== undefined) told.idle.push([now, now - since]);
    told.starts.push(now);
    if (accountId === PROBE) told.probes.push([jobId, now]);
    await this.report({ $case: 'start', value: { jobId, leaseId, aspectRatio: '16:9' } });
    await delay(RENDER_MS);
    await this.report({ $case: 'complete', value: { jobId, leaseId, artifact } });
    this.freeSince.push(performance.timeOrigin + performance.now());
  }

  private report(message: NonNullable<WorkRequest['message']>): Promise<void> {
    const requestId = ++this.lastRequestId;
    return new Promise((resolve, reject) => {
      this.asked.set(requestId, (refusal) => {
        this.asked.delete(requestId);
        if (refusal === '') resolve();
        else reject(new Error(`a report was refused: ${refusal}`));
      });
      this.say(message, requestId);
    });
  }
}

process.on('message', (message: { work?: true; tell?: true }) => {
  if (message.tell) process.send!(told);
  if (!message.work) return;
  for (let index = 0; index < WORKERS; index++) {
    const worker = new BenchWorker();
    dispatch.welcome(worker);
    worker.say({
      $case: 'hello',
      value: {
        workerId: `wrk_${process_}_${index}`,
        engine: 'procedural',
        jobClasses: ['procedural'],
        slots: SLOTS,
        leaseIds: [],
      },
    });
  }
});
process.send!('ready');
