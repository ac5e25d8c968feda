/**
 * ways: the same jobs on one process and on the cluster, side by side: live jobs that are held, queued, leased, ended by the engine
 * without a picture, released and told of by a signed webhook, so that the platform is measured and not the renderer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingForKafka } from '@usvideo/servers';
import pg from 'pg';
import { type BenchPlatform, startPlatform } from './children.ts';
import { Receiver } from './webhook-arrivals.ts';

const IN_FLIGHT = 32;
const ALONE = 25;
const IDLE_SECONDS = 15;
const SAMPLE_MS = 100;
const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const;

/** Live jobs of this model go to the engine that fails at once when the prompt says so. */
const MODEL = {
  id: 'bench',
  description: 'Ends at once.',
  job_class: 'sandbox',
  modes: ['text_to_video'],
  resolutions: ['480p'],
  aspect_ratios: ['16:9'],
  max_duration_seconds: 1,
};
const ORDER = { prompt: 'sandbox:fail=content_policy_violation', resolution: '480p', duration: 1 };
const SETTINGS = { MODELS: JSON.stringify([MODEL]), FIRST_ACCOUNT_USD: '100000' };

export interface WayRow {
  readonly case: string;
  readonly jobsPerSecond: number;
  /** From POST to webhook under that load, and of one job at a time. */
  readonly loadedP50Ms: number;
  readonly loadedP99Ms: number;
  readonly aloneP50Ms: number;
  readonly aloneP99Ms: number;
  /** How long events waited for the relay, or in one process for their slowest reader, under that load. */
  readonly eventLagP50Ms: number;
  readonly eventLagMaxMs: number;
  /** Transactions on PostgreSQL, each of one statement as nothing is to be done. */
  readonly idlePerSecond: number;
}

export async function measureWays(jobs: number): Promise<WayRow[]> {
  const rows = [await measure('one process', 'main.js', jobs)];
  const missing = process.env.KAFKA_BROKERS === undefined ? missingForKafka() : undefined;
  if (missing === undefined) rows.push(await measure('cluster', 'cluster.js', jobs));
  else console.log(`ways: the cluster is not measured, because this machine lacks ${missing}`);
  return rows;
}

async function measure(name: string, entry: 'main.js' | 'cluster.js', jobs: number): Promise<WayRow> {
  const platform = await startPlatform(SETTINGS, entry);
  const databases = new Databases(platform);
  const receiver = new Receiver();
  try {
    const webhookUrl = await receiver.start();
    await raiseLimits(platform);
    const idlePerSecond = await databases.transactionsPerSecond(IDLE_SECONDS);
    const job = () => fromPostToWebhook(platform, receiver, webhookUrl);
    await inFlight(IN_FLIGHT, IN_FLIGHT * 4, job);
    const sampling = databases.sampleLag(entry === 'main.js');
    const begun = performance.now();
    const loaded = await inFlight(IN_FLIGHT, jobs, job);
    const jobsPerSecond = jobs / ((performance.now() - begun) / 1_000);
    const lags = await sampling();
    const alone = await inFlight(1, ALONE, job);
    return {
      case: name,
      jobsPerSecond,
      loadedP50Ms: at(loaded, 0.5),
      loadedP99Ms: at(loaded, 0.99),
      aloneP50Ms: at(alone, 0.5),
      aloneP99Ms: at(alone, 0.99),
      eventLagP50Ms: at(lags, 0.5),
      eventLagMaxMs: at(lags, 1),
      idlePerSecond,
    };
  } finally {
    receiver.stop();
    await databases.end();
    await platform.stop();
  }
}

async function raiseLimits({ apiUrl, adminUrl, adminToken, liveKey }: BenchPlatform): Promise<void> {
  const { account_id: account } = (await (
    await fetch(`${apiUrl}/v1/account`, { headers: { authorization: `Bearer ${liveKey}` } })
  ).json()) as { account_id: string };
  const response = await fetch(`${adminUrl}/admin/v1/accounts/${account}/limits`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      environment: 'live',
      creates_per_minute: 1_000_000,
      queued_jobs: 100_000,
      concurrent_jobs: 1_000,
    }),
  });
  if (!response.ok) throw new Error(`raising limits answered ${response.status}: ${await response.text()}`);
}

async function fromPostToWebhook(
  { apiUrl, liveKey }: BenchPlatform,
  receiver: Receiver,
  webhookUrl: string,
): Promise<number> {
  const sent = performance.now();
  const response = await fetch(`${apiUrl}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...ORDER, webhook_url: webhookUrl }),
  });
  const { id } = (await response.json()) as { id?: string };
  if (response.status !== 202 || id === undefined) throw new Error(`a create answered ${response.status}`);
  await receiver.about(id);
  return performance.now() - sent;
}

/** Runs so many, a fixed number of them at any time, and answers what each took, sorted. */
async function inFlight(width: number, count: number, work: () => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  let begun = 0;
  const lane = async () => {
    while (begun++ < count) taken.push(await work());
  };
  await Promise.all(Array.from({ length: width }, lane));
  return taken.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], quantile: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;

const RELAY_LAG = `
select coalesce(extract(epoch from clock_timestamp() - min(e.recorded_at)) * 1000, 0)::float8 as ms
from relay_cursor c join event e on e.shard = c.shard and e.shard_seq > c.last_seq`;
const HEADS =
  "select shard, shard_seq as seq, recorded_at from event where recorded_at > now() - interval '1 minute' order by shard, shard_seq";
const MARKS = `select shard, min(seq) as seq from consumer_watermark where topic = 'usvideo.jobs.v1' group by shard`;

/** The platform's own PostgreSQL, looked at from outside. */
class Databases {
  private readonly pools: Record<(typeof DATABASES)[number], pg.Pool>;

  constructor({ stateDir }: BenchPlatform) {
    const folder = join(stateDir, 'postgres');
    const password = readFileSync(join(folder, 'owner_password'), 'utf8').trim();
    const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
    const open = (name: string) =>
      new pg.Pool({ connectionString: `postgresql://postgres:${password}@127.0.0.1:${port}/${name}`, max: 1 });
    this.pools = Object.fromEntries(DATABASES.map((name) => [name, open(name)])) as typeof this.pools;
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
  }

  async transactionsPerSecond(seconds: number): Promise<number> {
    const counted = async () =>
      Number(
        (
          await this.pools.accounts.query(
            `select sum(xact_commit + xact_rollback) as n from pg_stat_database where datname = any($1)`,
            [DATABASES],
          )
        ).rows[0].n,
      );
    await pause(5_000);
    const before = await counted();
    await pause(seconds * 1_000);
    return ((await counted()) - before) / seconds;
  }

  /** Ends with the lags seen meanwhile, in milliseconds, sorted. */
  sampleLag(isLocal: boolean): () => Promise<number[]> {
    let isOver = false;
    const lags: number[] = [];
    const sampling = (async () => {
      while (!isOver) {
        lags.push(isLocal ? await this.readerLag() : Number((await this.pools.scheduler.query(RELAY_LAG)).rows[0].ms));
        await pause(SAMPLE_MS);
      }
    })();
    return async () => {
      isOver = true;
      await sampling;
      return lags.sort((a, b) => a - b);
    };
  }

  /** Nothing relays in one process: an event is out when the feed, which isRelevant every one, has it. */
  private async readerLag(): Promise<number> {
    const marks = new Map(
      (await this.pools.webhooks.query<{ shard: number; seq: string }>(MARKS)).rows.map(({ shard, seq }) => [
        shard,
        BigInt(seq),
      ]),
    );
    const { rows } = await this.pools.scheduler.query<{ shard: number; seq: string; recorded_at: Date }>(HEADS);
    const waiting = rows
      .filter(({ shard, seq }) => BigInt(seq) > (marks.get(shard) ?? 0n))
      .map(({ recorded_at: recordedAt }) => recordedAt.getTime());
    return waiting.length === 0 ? 0 : Date.now() - Math.min(...waiting);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
