import { promises as names } from 'node:dns';
import { Duplex } from 'node:stream';
import { SchedulerServiceClient, type WorkResponse } from '@usvideo/contracts/scheduler';
import { createLogger, dial } from '@usvideo/runtime';
import { eventually, freePort } from '@usvideo/testing';
import { TestScheduler } from './scheduler.fixture';
import { WorkStream } from './work-stream.client';

const LOST = 5;
/** More than grpc-js makes of itself. */
const LOOKUPS_IN_VAIN = 3;

/** Welcomes whoever introduces itself and ends the stream, as a scheduler does whose database is away. */
class Fickle extends Duplex {
  constructor() {
    super({
      objectMode: true,
      read: () => undefined,
      write: (_request, _encoding, done) => {
        this.welcome();
        done();
      },
    });
  }

  cancel(): void {
    this.destroy();
  }

  private welcome(): void {
    const welcome: WorkResponse = { message: { $case: 'welcome', value: { leaseMs: 3_000, heartbeatMs: 1_000 } } };
    this.push(welcome);
    this.push(null);
  }
}

test('a scheduler that welcomes workers and lets them go at once is asked ever less often', async () => {
  const pauses: number[] = [];
  const logger = createLogger('render-fleet', 'silent');
  logger.warn = (line: { pause_ms: number }) => {
    pauses.push(line.pause_ms);
  };
  const stream = new WorkStream({
    client: { work: () => new Fickle() } as unknown as SchedulerServiceClient,
    hello: () => ({ workerId: 'wrk_1', engine: 'sandbox', jobClasses: ['sandbox'], slots: 1, leaseIds: [] }),
    onWelcome: () => undefined,
    onLease: () => undefined,
    onLeaseEnded: () => undefined,
    logger,
  });
  stream.start();
  await eventually(() => pauses.length === LOST, { what: `${LOST} lost streams` });
  stream.stop();
  [100, 200, 400, 800, 1_600].forEach((fullMs, failure) => {
    expect(pauses[failure]).toBeGreaterThanOrEqual(fullMs / 2);
    expect(pauses[failure]).toBeLessThanOrEqual(fullMs);
  });
});

test('a scheduler whose name nobody knows yet is found once it is known', async () => {
  const port = await freePort();
  const scheduler = new TestScheduler(`127.0.0.1:${port}`);
  await scheduler.start();
  const unknown = jest.spyOn(names, 'lookup');
  for (let lookup = 1; lookup <= LOOKUPS_IN_VAIN; lookup++)
    unknown.mockRejectedValueOnce(new Error('getaddrinfo ENOTFOUND'));
  const client = dial(SchedulerServiceClient, `dns:///localhost:${port}`);
  const stream = new WorkStream({
    client,
    hello: () => ({ workerId: 'wrk_1', engine: 'sandbox', jobClasses: ['sandbox'], slots: 1, leaseIds: [] }),
    onWelcome: () => undefined,
    onLease: () => undefined,
    onLeaseEnded: () => undefined,
    logger: createLogger('render-fleet', 'silent'),
  });
  try {
    stream.start();
    await eventually(() => stream.connected, { what: 'the worker to be welcomed' });
    expect(unknown.mock.calls.length).toBeGreaterThan(LOOKUPS_IN_VAIN);
  } finally {
    stream.stop();
    client.close();
    scheduler.stop();
    unknown.mockRestore();
  }
});
