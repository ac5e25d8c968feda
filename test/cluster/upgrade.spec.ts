import type { Job } from '../e2e/customer';
import { ownAccount } from '../e2e/stage';
import { describeCluster } from './describe-cluster';
import { InstalledPlatform } from './installed-platform';
import { Load } from '../e2e/load';
import { Report } from './report';

const STEP_MS = 900_000;
/** The chart of the version before, and the tag under which its images were loaded. */
const { CLUSTER_PREVIOUS_CHART: CHART, CLUSTER_PREVIOUS_TAG: TAG = 'cluster-previous' } = process.env;
const MISSING =
  CHART === undefined
    ? 'CLUSTER_PREVIOUS_CHART names no chart of the version before (its images are loaded as :cluster-previous, or CLUSTER_PREVIOUS_TAG)'
    : undefined;

/** Both versions side by side under load, forward and back: the databases go forward only. */
describeCluster(
  'upgraded on Kubernetes',
  () => {
    const installed = new InstalledPlatform();
    const report = new Report('upgrade');

    beforeAll(async () => {
      await installed.prepare();
      await installed.install({ chart: CHART!, tag: TAG });
    }, STEP_MS);
    afterAll(async () => {
      process.stderr.write(
        `\nThe report is in ${report.write({ date: new Date().toISOString().slice(0, 10), Kubernetes: installed.kubernetes })}\n`,
      );
      await installed.dispose();
    }, 300_000);

    const stage = ownAccount(() => installed);
    const levels = async () =>
      (
        await installed.namespace.kubectl([
          'get',
          'jobs',
          '--selector',
          'app.kubernetes.io/component=migrations',
          '--output',
          'jsonpath={.items[*].metadata.name}',
        ])
      )
        .trim()
        .split(' ');
    const undisturbed = async (what: string, change: () => Promise<unknown>): Promise<void> => {
      const load = new Load(stage().sandbox);
      const before = Date.now();
      try {
        await change();
      } catch (error) {
        throw new Error(`${what}: not every pod became ready:\n${await installed.state()}`, { cause: error });
      } finally {
        await load.end();
      }
      const jobs: Job[] = [];
      for (const id of load.jobs) jobs.push(await stage().sandbox.ended(id));
      report.saw(
        what,
        `${((Date.now() - before) / 1_000).toFixed(0)} s, ${load.requests} requests, ${load.failures.length} failed, ${load.failedAtOnce.length} of them sooner than any deadline; ${jobs.length} jobs accepted, ${jobs.filter(({ status }) => status === 'completed').length} completed`,
      );
      expect(load.failures).toEqual([]);
      expect(jobs.filter(({ status }) => status !== 'completed')).toEqual([]);
      expect(jobs.length).toBeGreaterThan(10);
    };

    it(
      'becomes this version, with its databases, while customers go on',
      async () => {
        const before = await levels();
        await undisturbed('upgrade from the version before', () => installed.install());
        expect(await levels()).not.toEqual(before);
      },
      STEP_MS,
    );

    it(
      'goes back to the version before on the databases of this one',
      async () => {
        await undisturbed('rollback', () =>
          installed.namespace.helm(['rollback', 'us-video-api', '1', '--wait', '--timeout', '10m']),
        );
        const images = await installed.namespace.kubectl([
          'get',
          'deployments',
          '--selector',
          'app.kubernetes.io/instance=us-video-api',
          '--output',
          'jsonpath={.items[*].spec.template.spec.containers[0].image}',
        ]);
        expect(
          images
            .trim()
            .split(' ')
            .filter((image) => !image.endsWith(`:${TAG}`)),
        ).toEqual([]);
      },
      STEP_MS,
    );

    it(
      'becomes this version again, and its books balance',
      async () => {
        await undisturbed('upgrade again', () => installed.install());
        expect((await stage().admin.get<{ ok: boolean }>('/admin/v1/ledger/verify')).body.ok).toBe(true);
      },
      STEP_MS,
    );
  },
  MISSING,
);
