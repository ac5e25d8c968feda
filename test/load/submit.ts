/**
 * submit: `POST /v1/videos`, durable and paid, 64 connections, 1,000 accounts, no worker; side by side in one run with (a) the
 * same framework answering a constant and (b) the same framework doing one bare INSERT and commit per request.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import autocannon from 'autocannon';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { type BenchPlatform, cpuMicros, freePort, memoryMiB, root, startChild, startPlatform } from './children.ts';
import { costOf, inTurns, type Paired, wholeTurns } from './paired.ts';
import { nowMicros, readProfile } from './profile.ts';

const CONNECTIONS = 64;
const ACCOUNTS_AT_ONCE = 10;
const ROUNDS = 3;
/** Of a slice with tracing off or on: long enough to fill the batches of spans several times. */
const SLICE_SHARE = 0.4;
/** Of what is not counted: a platform that has just started takes half a minute to reach the rate at which it goes on. */
const WARM_UP_SHARE = 4;

export interface Row {
  readonly case: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
  readonly errors: number;
  readonly vsConstant: number;
  readonly vsInsert: number;
}

const CASES = ['constant answer', 'bare insert', 'submit, tracing off', 'submit, tracing on'] as const;

interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  errors: number;
  /** Of the process that answers, per request that it answered well. */
  cpuMicros: number;
}

const BODY = JSON.stringify({
  prompt: 'A lighthouse in a storm, waves breaking over the rocks',
  resolution: '720p',
  duration: 5,
});

async function load(url: string, pid: number, seconds: number, keys: readonly string[]): Promise<Measured> {
  let next = 0;
  const before = cpuMicros(pid);
  const result = await autocannon({
    url,
    method: 'POST',
    connections: CONNECTIONS,
    duration: seconds,
    body: BODY,
    headers: { 'content-type': 'application/json' },
    setupClient: (client) => {
      const setKey = () =>
        client.setHeaders({
          'content-type': 'application/json',
          authorization: `Bearer ${keys[next++ % keys.length]}`,
        });
      setKey();
      client.on('response', setKey);
    },
  });
  return {
    perSecond: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    errors: result.non2xx + result.errors,
    cpuMicros: (cpuMicros(pid) - before) / result['2xx'],
  };
}

/** Accounts with money, made through the operators' door; as often as it takes on a machine that is busy with something else. */
async function makeAccounts(platform: BenchPlatform, count: number): Promise<string[]> {
  const admin = async (path: string, bodyOf: () => unknown): Promise<{ account_id: string; live_key: string }> => {
    const response = await fetch(`${platform.adminUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${platform.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf()),
    });
    if (response.status === 503) return admin(path, bodyOf);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { account_id: string; live_key: string };
  };
  const keys: string[] = [];
  const lanes = Array.from({ length: ACCOUNTS_AT_ONCE }, async (_, lane) => {
    for (let number = lane; number < count; number += ACCOUNTS_AT_ONCE) {
      const account = await admin('/admin/v1/accounts', () => ({
        email: `${randomUUID()}@example.com`,
        account_name: `Bench ${number}`,
      }));
      await admin(`/admin/v1/accounts/${account.account_id}/credit`, () => ({
        amount_usd: '100000',
        payment_ref: 'bench',
        note: 'benchmark',
      }));
      keys.push(account.live_key);
    }
  });
  await Promise.all(lanes);
  return keys;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const summary = (rounds: Measured[]): Measured => ({
  perSecond: median(rounds.map((round) => round.perSecond)),
  p50Ms: median(rounds.map((round) => round.p50Ms)),
  p99Ms: median(rounds.map((round) => round.p99Ms)),
  cpuMicros: median(rounds.map((round) => round.cpuMicros)),
  errors: rounds.reduce((sum, round) => sum + round.errors, 0),
});

export interface Submit {
  readonly rows: Row[];
  /** Of the rate with tracing off. */
  readonly tracing: Paired;
  /**
   * Of the requests that a second on a core answers with tracing off. Only that process traces, so the rate suffers less: the same cores
   * serve PostgreSQL and whoever asks. Whatever else the machine does takes time from all of them, and hardly adds to this.
   */
  readonly tracingCpu: Paired;
  readonly idleMiB: number;
  readonly loadedMiB: number;
}

export async function measureSubmit(
  seconds: number,
  { accounts, turns }: { accounts: number; turns: number },
): Promise<Submit> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const collector = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const collectorUrl = `http://127.0.0.1:${(collector.address() as { port: number }).port}`;
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  await postgres.createDatabase('baseline');
  const port = await freePort();
  const baseline = await startChild([join(root, 'test/load/baseline-app.ts'), String(port), postgres.url('baseline')]);
  const plain = await startPlatform({ ENGINES: 'sandbox' });
  const traced = await startPlatform({ ENGINES: 'sandbox', OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl });
  const idleMiB = memoryMiB(plain.pid);
  try {
    const constant = (length = seconds) => load(`http://127.0.0.1:${port}/constant`, baseline.pid, length, ['none']);
    const insert = (length = seconds) => load(`http://127.0.0.1:${port}/insert`, baseline.pid, length, ['none']);
    const [off, on] = (await Promise.all(
      [plain, traced].map(async (platform) => {
        const keys = await makeAccounts(platform, accounts);
        return (length = Math.ceil(seconds * SLICE_SHARE)) =>
          load(`${platform.apiUrl}/v1/videos`, platform.pid, length, keys);
      }),
    )) as [typeof constant, typeof constant];
    for (const target of [constant, insert, off, on]) await target(WARM_UP_SHARE * seconds);
    const baselines: Measured[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, target] of [constant, insert].entries()) baselines[index]!.push(await target());
    const [offs, ons] = await inTurns(
      2 * turns,
      () => off(),
      () => on(),
    );
    const results = [...baselines, offs, ons].map(summary);
    const rows = results.map((result, index): Row => ({
      case: CASES[index]!,
      ...result,
      vsConstant: result.perSecond / results[0]!.perSecond,
      vsInsert: result.perSecond / results[1]!.perSecond,
    }));
    const rates = (slices: Measured[]) => wholeTurns(slices.map(({ perSecond }) => perSecond));
    const perCpuSecond = (slices: Measured[]) => wholeTurns(slices.map((slice) => 1e6 / slice.cpuMicros));
    return {
      rows,
      tracing: costOf(rates(offs), rates(ons)),
      tracingCpu: costOf(perCpuSecond(offs), perCpuSecond(ons)),
      idleMiB,
      loadedMiB: memoryMiB(plain.pid),
    };
  } finally {
    await Promise.all([baseline.stop(), plain.stop(), traced.stop()]);
    await postgres.stop();
    collector.close();
    collector.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the platform's process spends its time while it is loaded like this: a run of its own, because profiling slows it down. */
export async function profileSubmit(seconds: number, accounts: number): Promise<ReturnType<typeof readProfile>> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-profile-'));
  const platform = await startPlatform({ ENGINES: 'sandbox' }, 'main.js', ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  try {
    const keys = await makeAccounts(platform, accounts);
    await load(`${platform.apiUrl}/v1/videos`, platform.pid, seconds, keys);
    const from = nowMicros();
    await load(`${platform.apiUrl}/v1/videos`, platform.pid, seconds, keys);
    const to = nowMicros();
    await platform.stop();
    return readProfile(folder, { from, to });
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
