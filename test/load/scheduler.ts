/**
 * scheduler: dispatches a second of jobs that 1,000 accounts and one with 80 % of them have queued, each rendered for 20 ms, by several
 * processes of 200 slots; whether anybody's limit was exceeded; how long an account with one job at a time waits. Next to a job queue with
 * limits by group, on the same PostgreSQL.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@usvideo/servers';
import pg from 'pg';
import { cpuMicros, root } from './children.ts';
import { type Load, queueLoad, schedulerLoad, type Told } from './scheduler-load.ts';

export interface SchedulerRow {
  readonly dispatcher: string;
  readonly queued: number;
  readonly perSecond: number;
  /** The most jobs by which limits were exceeded in a snapshot, and the share of snapshots that saw it. */
  readonly overLimit: number;
  readonly overShare: number;
  readonly snapshots: number;
  /** From a job of the small account to its start. */
  readonly smallP50Ms: number;
  readonly smallP99Ms: number;
  /** Processor time of a dispatch, its render's start and its end: of the dispatching processes, and of PostgreSQL. */
  readonly processMicros: number;
  readonly postgresMicros: number;
  /** From the end of a render to the next in its slot, while work waits. */
  readonly idleP99Ms?: number;
}

export interface SchedulerOptions {
  readonly seconds: number;
  readonly queued: readonly number[];
  readonly processes: number;
  readonly dispatcher: string;
}

const PROBE_EVERY_MS = 100;
const LOOK_EVERY_MS = 250;
/** Of the queue, the rest of which is no queue any more. */
const MEASURED_SHARE = 0.8;
/** A process that has just started is slower. */
const WARM_UP_MS = 1_000;

const DISPATCHERS = {
  scheduler: 'scheduler-dispatcher.ts',
  'job queue with group concurrency': 'scheduler-queue.ts',
} as const;
type Dispatcher = keyof typeof DISPATCHERS;

export async function measureScheduler(options: SchedulerOptions): Promise<SchedulerRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  const rows: SchedulerRow[] = [];
  const dispatchers = (Object.keys(DISPATCHERS) as Dispatcher[]).filter((name) => name.includes(options.dispatcher));
  try {
    for (const queued of options.queued) {
      for (const dispatcher of dispatchers) {
        const name = `${dispatcher.replaceAll(' ', '')}${queued}`;
        await postgres.createDatabase(name);
        rows.push(await measure(dispatcher, queued, { url: postgres.url(name), folder }, options));
        console.error(JSON.stringify(rows.at(-1)));
      }
    }
    return rows;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  dispatcher: Dispatcher,
  queued: number,
  { folder, url }: { readonly folder: string; readonly url: string },
  { processes, seconds }: SchedulerOptions,
): Promise<SchedulerRow> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const load = dispatcher === 'scheduler' ? await schedulerLoad(url) : await queueLoad(url, pool);
  const children: ChildProcess[] = [];
  try {
    await load.fill(queued);
    for (let index = 0; index < processes; index++) children.push(await start(dispatcher, url, index));
    const spent = () => ({
      processes: children.reduce((sum, { pid }) => sum + cpuMicros(pid!), 0),
      postgres: postgresMicros(folder),
    });
    const before = spent();
    for (const child of children) child.send({ work: true });
    const over: number[] = [];
    const asked = new Map<string, number>();
    const until = performance.now() + WARM_UP_MS + seconds * 1_000;
    const looking = every(LOOK_EVERY_MS, until, async () => over.push(await load.overLimit()));
    const probing = every(PROBE_EVERY_MS, until, async () => probe(load, asked));
    await Promise.all([looking, probing]);
    const after = spent();
    const told = await Promise.all(children.map(tell));
    const dispatches = told.reduce((sum, { starts }) => sum + starts.length, 0);
    return {
      dispatcher,
      queued,
      ...figures(told, queued, asked, over, dispatcher === 'scheduler'),
      processMicros: (after.processes - before.processes) / dispatches,
      postgresMicros: (after.postgres - before.postgres) / dispatches,
    };
  } finally {
    await Promise.all(children.map(stop));
    await load.stop();
    await pool.end();
  }
}

/** Of the server and of its connections that are open; those of whoever looks are few. */
function postgresMicros(folder: string): number {
  const server = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]!;
  const isOurs = (pid: string) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === server;
    } catch (error) {
      // It has ended since the folder was read.
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  };
  const backends = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOurs(pid));
  return backends.reduce((sum, pid) => sum + cpuMicros(Number(pid)), 0);
}

/** One after the other, and never two at once. */
async function every(ms: number, until: number, work: () => Promise<unknown>): Promise<void> {
  for (let next = performance.now(); next < until; next += ms) {
    await delay(Math.max(0, next - performance.now()));
    await work();
  }
}

async function probe(load: Load, asked: Map<string, number>): Promise<void> {
  const jobId = `job_probe${asked.size}`;
  asked.set(jobId, performance.timeOrigin + performance.now());
  await load.probe(jobId);
}

function figures(
  told: readonly Told[],
  queued: number,
  asked: ReadonlyMap<string, number>,
  over: readonly number[],
  knowsIdle: boolean,
): Omit<SchedulerRow, 'dispatcher' | 'queued' | 'processMicros' | 'postgresMicros'> {
  const starts = told.flatMap(({ starts: each }) => each).sort((a, b) => a - b);
  if (starts.length < 2) throw new Error('as good as nothing was dispatched');
  const warm = queued > 5_000 ? starts.findIndex((at) => at > starts[0]! + WARM_UP_MS) : 0;
  const measured = starts.slice(Math.max(0, warm), Math.max(2, Math.min(starts.length, queued * MEASURED_SHARE)));
  const began = new Map(told.flatMap(({ probes }) => probes));
  const now = performance.timeOrigin + performance.now();
  // One that has not begun has waited until now, at least.
  const waits = [...asked].map(([jobId, at]) => (began.get(jobId) ?? now) - at).sort((a, b) => a - b);
  const idle = told
    .flatMap((each) => each.idle)
    .filter(([at]) => at <= measured.at(-1)!)
    .map(([, ms]) => ms)
    .sort((a, b) => a - b);
  return {
    perSecond: ((measured.length - 1) / (measured.at(-1)! - measured[0]!)) * 1_000,
    overLimit: Math.max(...over),
    overShare: over.filter((each) => each > 0).length / over.length,
    snapshots: over.length,
    smallP50Ms: quantile(waits, 0.5),
    smallP99Ms: quantile(waits, 0.99),
    ...(knowsIdle ? { idleP99Ms: quantile(idle, 0.99) } : {}),
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function start(dispatcher: Dispatcher, url: string, index: number): Promise<ChildProcess> {
  const child = fork(join(root, 'test/load', DISPATCHERS[dispatcher]), [url, String(index)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => ['ended'])]);
  if (said !== 'ready') throw new Error(`${dispatcher} did not start`);
  return child;
}

async function tell(child: ChildProcess): Promise<Told> {
  child.send({ tell: true });
  const [told] = (await once(child, 'message')) as [Told];
  return told;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
