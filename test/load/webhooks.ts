/**
 * webhooks: deliveries to 1,000 healthy endpoints, how long a delivery takes with and without endpoints in trouble, what an account
 * with a thousand times as many deliveries costs a small one, and how a backlog drains beside new ones; next to a dispatcher of
 * twenty lines on a job queue library, and next to Outpost where its program is given.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@usvideo/servers';
import pg from 'pg';
import { root } from './children.ts';
import { backlogOfQueue, backlogOfService } from './webhook-backlog.ts';
import { Endpoints } from './webhook-targets.ts';

export interface Order {
  readonly jobId: string;
  readonly accountId: string;
  readonly url: string;
  readonly body: string;
}

export interface WebhooksRow {
  readonly dispatcher: string;
  readonly case: string;
  /** How often it was measured, each time by a fresh process on a fresh database; what follows is in the middle of these. */
  readonly rounds: number;
  readonly deliveries: number;
  /** While a backlog was sent. */
  readonly perSecond?: number;
  /** From the end of a job to its webhook, of healthy endpoints. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

export interface WebhooksOptions {
  readonly seconds: number;
  readonly due: number;
  readonly rounds: number;
  readonly dispatcher: string;
  readonly only: string;
  /** The program of Outpost. */
  readonly outpost?: string | undefined;
}

const PACE_PER_SECOND = 40;
const ENDPOINTS = 1_000;
const ACCOUNTS = 100;
/** As many times more as the large account has. */
const FACTOR = 1_000;
const SMALL_PER_SECOND = 10;
/** The first deliveries of a process are made by code that is not compiled yet. */
const WARM_UP_SECONDS = 3;
const OTHERS = 20;
const TROUBLED_DUE = 400;
const DRAIN_WITHIN_MS = 15 * 60_000;

const accountOf = (endpoint: number) => `acc_bench${String(endpoint % ACCOUNTS).padStart(4, '0')}`;

type Dispatcher = 'webhooks service' | 'job queue, 20 lines' | 'Outpost';
const CHILDREN: Readonly<Record<Dispatcher, string>> = {
  'webhooks service': 'webhooks-dispatcher.ts',
  'job queue, 20 lines': 'webhooks-queue.ts',
  Outpost: 'webhooks-outpost.ts',
};

export async function measureWebhooks(options: WebhooksOptions): Promise<WebhooksRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  const endpoints = await Endpoints.start();
  const rows: WebhooksRow[] = [];
  try {
    for (const dispatcher of (Object.keys(CHILDREN) as Dispatcher[]).filter(
      (name) => name.includes(options.dispatcher) && (name !== 'Outpost' || options.outpost !== undefined),
    )) {
      for (const group of CASES) {
        const measured = group
          .filter(({ name }) => name.includes(options.only))
          .map((each) => ({ ...each, rows: [] as Measured[] }));
        // In turns, so that whatever else the machine does meets those that are compared alike.
        for (let round = 0; round < (group.length === 1 ? 1 : options.rounds); round++) {
          for (const { measure, name, rows: found } of round % 2 === 0 ? measured : measured.toReversed()) {
            const bench = await Bench.start(
              dispatcher,
              (database) => postgres.createDatabase(database).then(() => postgres.url(database)),
              endpoints,
              options.outpost,
            );
            found.push(await measure(bench, options));
            await bench.stop();
            console.error(JSON.stringify({ dispatcher, case: name, ...found.at(-1) }));
          }
        }
        rows.push(
          ...measured.map(({ name, rows: found }) => ({
            dispatcher,
            case: name,
            rounds: found.length,
            ...middleOf(found),
          })),
        );
      }
    }
    return rows;
  } finally {
    await endpoints.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function middleOf(rows: readonly Measured[]): Measured {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const of = (key: 'perSecond' | 'p50Ms' | 'p99Ms') => {
    const value = middle(rows.flatMap((row) => row[key] ?? []));
    return value === undefined ? {} : { [key]: value };
  };
  return { deliveries: rows[0]!.deliveries, ...of('perSecond'), ...of('p50Ms'), ...of('p99Ms') };
}

let databases = 0;

/** One dispatcher on a database of its own, and what arrives. */
class Bench {
  private jobs = 0;
  private readonly sentAt = new Map<string, number>();

  readonly dispatcher: Dispatcher;
  readonly endpoints: Endpoints;
  private readonly child: ChildProcess;
  private readonly pool: pg.Pool;

  private constructor(dispatcher: Dispatcher, child: ChildProcess, pool: pg.Pool, endpoints: Endpoints) {
    this.dispatcher = dispatcher;
    this.child = child;
    this.pool = pool;
    this.endpoints = endpoints;
  }

  static async start(
    dispatcher: Dispatcher,
    createDatabase: (name: string) => Promise<string>,
    endpoints: Endpoints,
    outpost?: string,
  ): Promise<Bench> {
    databases += 1;
    const url = await createDatabase(`hooks${databases}`);
    const args =
      dispatcher === 'webhooks service'
        ? [url, await createDatabase(`jobs${databases}`)]
        : [url, ...(dispatcher === 'Outpost' ? [outpost!] : [])];
    const child = fork(join(root, 'test/load', CHILDREN[dispatcher]), args, {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_LOG_SUCCESS: '1' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => ['ended'])]);
    if (said !== 'ready') throw new Error(`${dispatcher} did not start`);
    endpoints.reset();
    return new Bench(dispatcher, child, new pg.Pool({ connectionString: url, max: 2 }), endpoints);
  }

  /** From then on it works: how long a process takes to start is not measured. */
  async work(): Promise<void> {
    this.child.send({ work: true });
    const [said] = await once(this.child, 'message');
    if (said !== 'working') throw new Error(`${this.dispatcher} said ${said}`);
  }

  order(accountId: string, url: string): void {
    const jobId = `job_${String(++this.jobs).padStart(12, '0')}`;
    this.sentAt.set(jobId, performance.now());
    this.child.send({
      orders: [
        {
          jobId,
          accountId,
          url,
          body: JSON.stringify({ id: jobId, object: 'video', status: 'completed', prompt: 'x'.repeat(800) }),
        },
      ],
    });
  }

  /** So many deliveries that are due already, over all of these URLs. */
  async due(count: number, urls: readonly string[], accountOfUrl: (index: number) => string): Promise<void> {
    if (this.dispatcher === 'Outpost') {
      for (let index = 0; index < count; index++)
        this.order(accountOfUrl(index % urls.length), urls[index % urls.length]!);
      this.sentAt.clear();
      return;
    }
    const seed = this.dispatcher === 'webhooks service' ? backlogOfService : backlogOfQueue;
    await seed(
      this.pool,
      count,
      urls.map((url, index) => ({ url, accountId: accountOfUrl(index) })),
    );
  }

  /** Ends so many jobs a second, for so long, and waits for the webhooks of all of them. */
  async pace(
    perSecond: number,
    seconds: number,
    to: (index: number) => { accountId: string; url: string },
  ): Promise<Measured> {
    const mine = this.sentAt.size;
    const began = performance.now();
    const total = Math.round(perSecond * seconds);
    for (let index = 0; index < total; index++) {
      await delay(Math.max(0, began + (index * 1_000) / perSecond - performance.now()));
      const { accountId, url } = to(index);
      this.order(accountId, url);
    }
    const ids = [...this.sentAt.keys()].slice(mine);
    await this.endpoints.until(() => ids.every((id) => this.endpoints.arrivals.has(id)), DRAIN_WITHIN_MS);
    const taken = ids.map((id) => this.endpoints.arrivals.get(id)! - this.sentAt.get(id)!).sort((a, b) => a - b);
    const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))]!;
    return { deliveries: total, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  async stop(): Promise<void> {
    await this.pool.end();
    const ended = once(this.child, 'exit');
    // Outpost has servers of its own, which it ends with itself.
    if (this.dispatcher === 'Outpost') this.child.disconnect();
    else this.child.kill('SIGKILL');
    await ended;
  }
}

type Measured = Omit<WebhooksRow, 'dispatcher' | 'case' | 'rounds'>;
interface Case {
  readonly name: string;
  readonly measure: (bench: Bench, options: WebhooksOptions) => Promise<Measured>;
}

/** From the second arrival on: how long the process takes to begin is not the rate. */
async function drained(bench: Bench, count: number): Promise<Measured> {
  await bench.endpoints.until(() => bench.endpoints.healthy > 0, DRAIN_WITHIN_MS);
  const [began, from] = [performance.now(), bench.endpoints.healthy];
  await bench.endpoints.until(() => bench.endpoints.healthy >= count, DRAIN_WITHIN_MS);
  return { deliveries: count, perSecond: ((count - from) / (performance.now() - began)) * 1_000 };
}

const healthy = (bench: Bench) => (index: number) => ({
  accountId: accountOf(index % ENDPOINTS),
  url: bench.endpoints.healthyUrl(index % ENDPOINTS),
});
const all = (bench: Bench) => Array.from({ length: ENDPOINTS }, (_, index) => bench.endpoints.healthyUrl(index));
const own = (bench: Bench) => () => ({ accountId: 'acc_small', url: bench.endpoints.healthyUrl(ENDPOINTS) });
/** Accounts that have no backlog. */
const others = (bench: Bench) => (index: number) => ({
  accountId: `acc_other${index % OTHERS}`,
  url: bench.endpoints.healthyUrl(ENDPOINTS + (index % OTHERS)),
});

/** Those of a group are compared with each other. */
const CASES: readonly (readonly Case[])[] = [
  [
    {
      name: 'a tenth of the backlog to 1,000 healthy endpoints',
      measure: async (bench, { due }) => {
        await bench.due(due / 10, all(bench), accountOf);
        await bench.work();
        return drained(bench, due / 10);
      },
    },
  ],
  [
    {
      name: 'healthy endpoints alone',
      measure: async (bench, { seconds }) => {
        await bench.work();
        await bench.pace(PACE_PER_SECOND, WARM_UP_SECONDS, healthy(bench));
        return bench.pace(PACE_PER_SECOND, seconds, healthy(bench));
      },
    },
    {
      name: 'healthy endpoints beside one that hangs, one that refuses and one that drips',
      measure: async (bench, { seconds }) => {
        for (const [trouble, url] of Object.entries(bench.endpoints.troubledUrls))
          await bench.due(TROUBLED_DUE, [url], () => `acc_${trouble}`);
        await bench.work();
        await bench.pace(PACE_PER_SECOND, WARM_UP_SECONDS, healthy(bench));
        return bench.pace(PACE_PER_SECOND, seconds, healthy(bench));
      },
    },
  ],
  [
    {
      name: 'a small account alone',
      measure: async (bench, { seconds }) => {
        await bench.work();
        await bench.pace(SMALL_PER_SECOND, WARM_UP_SECONDS, own(bench));
        return bench.pace(SMALL_PER_SECOND, seconds, own(bench));
      },
    },
    {
      name: 'a small account beside one with 1,000 times as many',
      measure: async (bench, { due, seconds }) => {
        await bench.due(Math.min(SMALL_PER_SECOND * FACTOR, due), all(bench), () => 'acc_large');
        await bench.work();
        await bench.pace(SMALL_PER_SECOND, WARM_UP_SECONDS, own(bench));
        return bench.pace(SMALL_PER_SECOND, seconds, own(bench));
      },
    },
  ],
  [
    {
      name: 'new deliveries of twenty others beside the whole backlog',
      measure: async (bench, { due, seconds }) => {
        await bench.due(due, all(bench), accountOf);
        await bench.work();
        const draining = drained(bench, due);
        const fresh = await bench.pace(SMALL_PER_SECOND, seconds, others(bench));
        return { ...fresh, perSecond: (await draining).perSecond! };
      },
    },
  ],
];
