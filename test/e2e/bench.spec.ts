import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..', '..');

interface Report {
  readonly submit: {
    readonly rows: { readonly case: string; readonly perSecond: number; readonly errors: number }[];
    readonly tracing: { readonly pairs: number; readonly cost: number };
  };
  readonly overhead: { readonly rows: { readonly case: string; readonly jobs: number; readonly p50Ms: number }[] };
  readonly memory: { readonly idleMiB: number };
  readonly webhooks: {
    readonly rows: { readonly dispatcher: string; readonly deliveries: number; readonly perSecond: number }[];
  };
  readonly scheduler: {
    readonly rows: {
      readonly dispatcher: string;
      readonly queued: number;
      readonly perSecond: number;
      readonly overLimit: number;
      readonly snapshots: number;
    }[];
  };
}

/** That it measures, not what: figures belong to a quiet machine. Fewer accounts would reach their limits of creates. */
it('npm run bench measures submit and overhead beside their baselines, and nothing is refused', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'test', 'load', 'bench.ts'),
      'submit',
      'overhead',
      '--seconds',
      '2',
      '--accounts',
      '100',
      '--turns',
      '2',
      '--jobs',
      '2',
    ],
    { cwd: root, env: { PATH: process.env.PATH, HOME: process.env.HOME }, maxBuffer: 1 << 24 },
  );
  const { submit, overhead, memory } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Report;
  expect(submit.rows.map((row) => row.case)).toEqual([
    'constant answer',
    'bare insert',
    'submit, tracing off',
    'submit, tracing on',
  ]);
  for (const row of submit.rows) expect([row.case, row.perSecond > 0, row.errors]).toEqual([row.case, true, 0]);
  expect(submit.tracing).toMatchObject({ pairs: 2, cost: expect.any(Number) });
  expect(overhead.rows.map((row) => [row.case, row.jobs])).toEqual([
    ['echo with a signed webhook', 2],
    ['POST to webhook, minus render', 2],
  ]);
  expect(memory.idleMiB).toBeGreaterThan(0);
}, 240_000);

it('npm run bench measures deliveries beside a job queue, and all of them arrive', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'test', 'load', 'bench.ts'),
      'webhooks',
      '--only',
      'tenth',
      '--due',
      '1000',
    ],
    { cwd: root, env: { PATH: process.env.PATH, HOME: process.env.HOME }, maxBuffer: 1 << 24 },
  );
  const { webhooks } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Report;
  expect(webhooks.rows.map((row) => [row.dispatcher, row.deliveries, row.perSecond > 0])).toEqual([
    ['webhooks service', 100, true],
    ['job queue, 20 lines', 100, true],
  ]);
}, 120_000);

it('npm run bench measures dispatches beside a job queue with limits by group, and exceeds no limit', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'test', 'load', 'bench.ts'),
      'scheduler',
      '--queued',
      '500',
      '--seconds',
      '4',
    ],
    { cwd: root, env: { PATH: process.env.PATH, HOME: process.env.HOME }, maxBuffer: 1 << 24 },
  );
  const { scheduler } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Report;
  expect(scheduler.rows.map((row) => [row.dispatcher, row.queued, row.perSecond > 0, row.snapshots > 0])).toEqual([
    ['scheduler', 500, true, true],
    ['job queue with group concurrency', 500, true, true],
  ]);
  expect(scheduler.rows[0]!.overLimit).toBe(0);
}, 240_000);
