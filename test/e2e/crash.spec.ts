import { type HttpReceiver, eventually, httpReceiver } from '@usvideo/testing';
import { Customer, type Job } from './customer';
import { Platform } from './platform';

const JOBS = 100;
const KILLS = 10;
const PRICE_MICROS = 100_000;

/** The same moments again when a run is repeated with its seed: `CRASH_SEED=… npm test -- crash`. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

describe('killed with -9 at ten random moments during a hundred jobs', () => {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  let platform: Platform;
  let receiver: HttpReceiver;
  const unexpected: string[] = [];

  beforeAll(async () => {
    receiver = await httpReceiver();
    platform = await Platform.start({ LEASE_MS: '3000' });
  });

  afterAll(async () => {
    await receiver.stop();
    await platform.dispose();
  });

  it(`ends every accepted job, every hold once, owes no webhook (seed ${seed})`, async () => {
    const next = random(seed);
    const accepted = new Map<string, string>();
    const creating = submitAll(accepted);
    for (let kill = 0; kill < KILLS; kill++) {
      const moment = accepted.size + Math.ceil(next() * (JOBS / KILLS));
      await eventually(async () => accepted.size >= Math.min(moment, JOBS) || creating.done, {
        deadlineMs: 60_000,
        what: `kill ${kill + 1} of ${KILLS} (seed ${seed})`,
      });
      await platform.kill();
      await platform.start();
    }
    await creating.finished;
    expect(unexpected).toEqual([]);
    const live = Customer.live(platform);
    const jobs = await Promise.all([...accepted.keys()].map((key) => live.ended(accepted.get(key)!)));
    expect(jobs).toHaveLength(JOBS);
    expect(new Set(jobs.map((job) => job.id)).size).toBe(JOBS);
    // A kill costs what renders at that moment an attempt of three: most jobs are never or once in the way.
    const others = jobs.filter((job) => job.status !== 'completed');
    expect(others.length).toBeLessThan(JOBS / 2);
    expect(others.map((job) => [job.status, job.attempts.length])).toEqual(others.map(() => ['failed', 3]));
    await eventually(async () => (await live.get<{ held_micros: number }>('/v1/balance')).body.held_micros === 0, {
      deadlineMs: 60_000,
      what: 'every hold to end',
    });
    await expectMoney(live, jobs);
    await expectWebhooks(jobs, receiver);
  }, 420_000);

  /** Each job is asked for under its own key until it is accepted, as a customer's retrying client does. */
  function submitAll(accepted: Map<string, string>): { readonly done: boolean; readonly finished: Promise<void> } {
    const state = { done: false, finished: Promise.resolve() };
    state.finished = (async () => {
      const lanes = Array.from({ length: 4 }, async (_, lane) => {
        for (let number = lane; number < JOBS; number += 4)
          accepted.set(`job-${number}`, await submit(`job-${number}`));
      });
      await Promise.all(lanes);
      state.done = true;
    })();
    return state;
  }

  function submit(key: string): Promise<string> {
    return eventually(
      async () => {
        try {
          const answer = await Customer.live(platform).create(
            { prompt: key, resolution: '480p', duration: 1, webhook_url: receiver.url },
            { 'idempotency-key': key },
          );
          if (answer.status === 202) return answer.body.id;
          if ([409, 429, 503].includes(answer.status)) return undefined;
          unexpected.push(`${key}: ${answer.status} ${answer.text}`);
          return undefined;
        } catch (error) {
          // The process is being killed and started again: that is what this test is about.
          if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return undefined;
          throw error;
        }
      },
      { deadlineMs: 120_000, what: `${key} to be accepted` },
    );
  }

  async function expectMoney(live: Customer, jobs: Job[]): Promise<void> {
    const charged = jobs.filter((job) => job.status === 'completed').length * PRICE_MICROS;
    const balance = (await live.get<{ available_micros: number; total_spend_micros: number }>('/v1/balance')).body;
    expect([balance.available_micros, balance.total_spend_micros]).toEqual([250_000_000 - charged, charged]);
    const proof = await Customer.admin(platform).get<{ differences: string[]; postings_sum_micros: number }>(
      '/admin/v1/ledger/verify',
    );
    expect([proof.body.differences, proof.body.postings_sum_micros]).toEqual([[], 0]);
    const reconciled = await Customer.admin(platform).get<{ jobs_checked: number; differences: string[] }>(
      '/admin/v1/reconcile?grace_seconds=0',
    );
    expect(reconciled.body.differences).toEqual([]);
    expect(reconciled.body.jobs_checked).toBeGreaterThanOrEqual(jobs.length);
    for (const job of jobs) {
      const { body } = await live.get<{ data: { kind: string }[] }>(`/v1/ledger?job_id=${job.id}`);
      const ending = job.status === 'completed' ? 'hold_captured' : 'hold_released';
      expect(body.data.map((entry) => entry.kind).sort()).toEqual(['hold_placed', ending].sort());
    }
  }

  async function expectWebhooks(jobs: Job[], from: HttpReceiver): Promise<void> {
    const ids = () => {
      const seen = new Map<string, Set<string>>();
      for (const request of from.requests) {
        const { id } = JSON.parse(request.body.toString('utf8')) as Job;
        seen.set(id, (seen.get(id) ?? new Set()).add(String(request.headers['webhook-id'])));
      }
      return seen;
    };
    await eventually(async () => ids().size >= jobs.length, { deadlineMs: 120_000, what: 'every webhook' });
    for (const job of jobs) expect(ids().get(job.id)?.size).toBe(1);
  }
});
