import { Duplex } from 'node:stream';
import type { SchedulerServiceClient, WorkResponse } from '@usvideo/contracts/scheduler';
import { createLogger } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { WorkStream } from './work-stream.client';

const LOST = 5;

/** Welcomes whoever introduces itself and ends the stream, as a scheduler does whose database is away. */
class Fickle extends Duplex {
  constructor() {
    super({ objectMode: true, read: () => undefined, write: (_request, _encoding, done) => { this.welcome(); done(); } });
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
  logger.warn = (line: { pause_ms: number }) => { pauses.push(line.pause_ms); };
  const stream = new WorkStream({
    client: { work: () => new Fickle() } as unknown as SchedulerServiceClient,
    hello: () => ({ workerId: 'wrk_1', engine: 'sandbox', jobClasses: ['sandbox'], slots: 1, leaseIds: [] }),
    onWelcome: () => undefined, onLease: () => undefined, onLeaseEnded: () => undefined, logger,
  });
  stream.start();
  await eventually(() => pauses.length === LOST, { what: `${LOST} lost streams` });
  stream.stop();
  [100, 200, 400, 800, 1_600].forEach((fullMs, failure) => {
    expect(pauses[failure]).toBeGreaterThanOrEqual(fullMs / 2);
    expect(pauses[failure]).toBeLessThanOrEqual(fullMs);
  });
});
