import { eventually } from '@usvideo/testing';
import type { Job } from '../e2e/customer';
import type { Stage } from '../e2e/stage';
import type { InstalledPlatform } from './installed-platform';
import { isReady, type Pod } from './kubernetes';
import { Load } from '../e2e/load';
import type { Report } from './report';

const STEP_MS = 600_000;
const SELECTOR = 'app.kubernetes.io/instance=us-video-api,app.kubernetes.io/component';

/** What an operator does to it while customers go on. */
export function disruption(platform: () => InstalledPlatform, stage: () => Stage, report: Report): void {
  const podsOf = async (component: string): Promise<Pod[]> =>
    (await platform().namespace.pods(`${SELECTOR}=${component}`)).filter(isReady);
  const lives = async (component: string, count: number): Promise<void> => {
    await eventually(async () => (await podsOf(component)).length >= count, {
      what: `${count} pods of ${component} to be ready`,
      deadlineMs: 180_000,
    });
  };
  const ended = async (load: Load): Promise<Job[]> => {
    await load.end();
    const jobs: Job[] = [];
    for (const id of load.jobs) jobs.push(await stage().sandbox.ended(id));
    return jobs;
  };

  describe('disturbed', () => {
    it('raises a limit within a second, without a restart', async () => {
      const { admin, live, accountId } = stage();
      const before = Date.now();
      await admin.put(`/admin/v1/accounts/${accountId}/limits`, { environment: 'live', concurrent_jobs: 50 });
      const allowed = async () =>
        (await live.get<{ concurrent_jobs: { allowed: number } }>('/v1/limits')).body.concurrent_jobs.allowed;
      await eventually(async () => (await allowed()) === 50, { what: 'the raised limit', deadlineMs: 5_000 });
      report.saw('a raised limit is in force', `after ${Date.now() - before} ms`);
    });

    it(
      'finishes the render of a worker that is replaced, in one attempt',
      async () => {
        const { live } = stage();
        const { body } = await live.create({ prompt: 'A slow train', resolution: '480p', duration: 10 });
        await eventually(
          async () =>
            (await live.get<Job & { rendering_started_at: string | null }>(`/v1/videos/${body.id}`)).body
              .rendering_started_at !== null,
          { what: 'the render to start', deadlineMs: 60_000 },
        );
        await platform().namespace.kubectl(['rollout', 'restart', `deployment/${platform().deployment('fleet-live')}`]);
        const job = await live.ended(body.id);
        expect([job.status, job.attempts.map(({ outcome }) => outcome)]).toEqual(['completed', ['completed']]);
        await platform().namespace.rolledOut(platform().deployment('fleet-live'));
        report.saw('a worker rolled during a render', 'the render was finished by the worker that had it');
      },
      STEP_MS,
    );

    it(
      'lets a node be drained pod by pod: a second eviction waits for the first',
      async () => {
        await lives('gateway', 2);
        const [first, second] = await podsOf('gateway');
        const outcomes = [
          await platform().namespace.evict(first!.metadata.name),
          await platform().namespace.evict(second!.metadata.name),
        ];
        expect(outcomes.map(({ code }) => code)).toEqual([0, 1]);
        expect(outcomes[1]!.said).toContain('disruption budget');
        await lives('gateway', 2);
        report.saw('two evictions at once', 'the second was refused by the disruption budget');
      },
      STEP_MS,
    );

    it(
      'loses no job and no money when pods are deleted under load',
      async () => {
        const load = new Load(stage().sandbox);
        for (const component of ['ledger', 'scheduler', 'webhooks', 'accounts', 'gateway']) {
          await lives(component, 2);
          const [victim] = await podsOf(component);
          await platform().namespace.kubectl(['delete', 'pod', victim!.metadata.name, '--wait=true']);
        }
        const jobs = await ended(load);
        expect(jobs.filter(({ status }) => status !== 'completed')).toEqual([]);
        expect(jobs.length).toBeGreaterThan(10);
        expect(load.failures).toEqual([]);
        report.saw(
          'a pod of each service deleted under load',
          `${load.requests} requests, ${load.failures.length} failed; ${jobs.length} jobs accepted, all completed`,
        );
      },
      STEP_MS,
    );

    it(
      'answers every request and completes every job while all services are replaced',
      async () => {
        const load = new Load(stage().sandbox);
        const deployments = ['accounts', 'ledger', 'scheduler', 'webhooks', 'gateway', 'fleet-sandbox'].map(
          (component) => platform().deployment(component),
        );
        await platform().namespace.kubectl(['rollout', 'restart', ...deployments.map((name) => `deployment/${name}`)]);
        for (const name of deployments) await platform().namespace.rolledOut(name);
        const jobs = await ended(load);
        expect(jobs.filter(({ status }) => status !== 'completed')).toEqual([]);
        expect(load.failures).toEqual([]);
        report.saw(
          'all services replaced under load',
          `${load.requests} requests, ${load.failures.length} failed; ${jobs.length} jobs accepted, all completed`,
        );
      },
      STEP_MS,
    );

    it(
      'has books that balance afterwards, and a settled hold for each job',
      async () => {
        const { admin } = stage();
        const proof = await eventually(
          async () => {
            const { body } = await admin.get<{ ok: boolean; jobs_checked: number; under_way: number }>(
              '/admin/v1/reconcile?grace_seconds=0',
            );
            return body.ok && body.under_way === 0 ? body : undefined;
          },
          { what: 'the reconciliation to be green', deadlineMs: 60_000 },
        );
        expect((await admin.get<{ ok: boolean }>('/admin/v1/ledger/verify')).body.ok).toBe(true);
        report.saw(
          'reconciliation and verifier',
          `${proof.jobs_checked} jobs agree with their money, the postings sum to zero`,
        );
      },
      STEP_MS,
    );
  });
}
