import { EventEmitter } from 'node:events';
import type { SchedulerServiceClient, WatchJobResponse } from '@usvideo/contracts/scheduler';
import { watchJob } from './job-watch.client';

const REQUEST = { accountId: 'acc_1', environment: 'live', jobId: 'job_1', afterUpdateId: '' };
const change = (updateId: string, status: string): WatchJobResponse => ({ updateId, status, jobJson: '{}' });

function world() {
  const stream = Object.assign(new EventEmitter(), {
    cancelled: 0,
    cancel() {
      this.cancelled++;
    },
  });
  const scheduler = { watchJob: () => stream } as unknown as SchedulerServiceClient;
  return { stream, watching: (signal = new AbortController().signal) => watchJob(scheduler, REQUEST, signal) };
}

describe('a job that is watched', () => {
  it('costs one state, the newest, however many come before anybody looks', async () => {
    const { stream, watching } = world();
    const changes = watching();
    const first = changes.next();
    for (let progress = 1; progress <= 1_000; progress++) stream.emit('data', change(`2.${progress}`, 'processing'));
    expect((await first).value).toEqual(change('2.1000', 'processing'));
    stream.emit('data', change('3.0', 'completed'));
    stream.emit('end');
    expect((await changes.next()).value).toEqual(change('3.0', 'completed'));
    expect((await changes.next()).done).toBe(true);
    expect(stream.cancelled).toBe(1);
  });

  it('is told to the end before a failure is', async () => {
    const { stream, watching } = world();
    const changes = watching();
    const first = changes.next();
    stream.emit('data', change('1.0', 'pending'));
    stream.emit('error', new Error('broken'));
    expect((await first).value).toEqual(change('1.0', 'pending'));
    await expect(changes.next()).rejects.toThrow('broken');
  });

  it('is left by a signal without an error', async () => {
    const { stream, watching } = world();
    const leaving = new AbortController();
    const next = watching(leaving.signal).next();
    leaving.abort();
    stream.emit('error', new Error('cancelled'));
    expect((await next).done).toBe(true);
  });
});
