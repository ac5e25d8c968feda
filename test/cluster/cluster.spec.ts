import { eventually } from '@usvideo/testing';
import { Customer } from '../e2e/customer';
import { ownAccount, register } from '../e2e/stage';
import { endToEnd, FROM_ANOTHER_PROCESS } from '../e2e/suite';
import { describeCluster } from './describe-cluster';
import { disruption } from './disruption';
import { gitOps } from './git-ops';
import { chartVersion, InstalledPlatform } from './installed-platform';
import { isReady } from './kubernetes';
import { Report } from './report';
import { scaling } from './scaling';
import { shielding } from './shielding';

const INSTALL_MS = 900_000;

/** The chart on a real cluster: what a customer sees, what an operator does to it, and what Kubernetes itself enforces. */
describeCluster('on Kubernetes', () => {
  const installed = new InstalledPlatform();
  const platform = () => installed;
  const report = new Report('platform');
  const started = Date.now();

  beforeAll(async () => {
    await installed.prepare();
    const before = Date.now();
    try {
      await installed.install();
    } catch (error) {
      throw new Error(`the platform did not come up:\n${await installed.state()}`, { cause: error });
    }
    report.saw('install until everything is ready', `${((Date.now() - before) / 1_000).toFixed(0)} s`);
  }, INSTALL_MS);
  afterAll(async () => {
    const facts = {
      date: new Date().toISOString().slice(0, 10),
      Kubernetes: installed.kubernetes,
      chart: chartVersion(),
      took: `${((Date.now() - started) / 60_000).toFixed(0)} min`,
    };
    process.stderr.write(`\nThe report is in ${report.write(facts)}\n`);
    await installed.dispose();
  }, 300_000);

  it('comes up whole: every pod ready and none restarted, every database migrated by its Job', async () => {
    const pods = await installed.namespace.pods(
      'app.kubernetes.io/instance=us-video-api,app.kubernetes.io/component!=migrations',
    );
    expect(pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name)).toEqual([]);
    expect(pods.map(({ status }) => status.containerStatuses?.[0]?.restartCount)).toEqual(pods.map(() => 0));
    const { items } = await installed.namespace.get<{ items: { status: { succeeded?: number } }[] }>('jobs');
    expect(items.map(({ status }) => status.succeeded)).toEqual([1, 1, 1, 1]);
    for (const { metadata, status } of pods) {
      const begun = Date.parse(status.containerStatuses![0]!.state.running!.startedAt);
      const ready = Date.parse(status.conditions!.find(({ type }) => type === 'Ready')!.lastTransitionTime);
      report.saw(
        `${metadata.name.replace(/-[a-z0-9]+-[a-z0-9]+$/, '')}: from the start of its container until it serves`,
        `${(ready - begun) / 1_000} s`,
      );
    }
  });

  it(
    'answers `helm test`, which orders a video from inside',
    async () => {
      const { test_key: key } = (
        await new Customer(installed.credentials.api_url, undefined).post<{ test_key: string }>('/v1/auth/register', {
          email: 'helm-test@example.com',
          password: 'a-long-password-of-the-test',
          account_name: 'helm test',
        })
      ).body;
      await installed.namespace.kubectl(['create', 'secret', 'generic', 'test-key', `--from-literal=api-key=${key}`]);
      await installed.install({ 'helmTest.apiKey.secret': 'test-key' });
      const said = await installed.namespace.helm(['test', 'us-video-api', '--logs', '--timeout', '5m']);
      expect(said).toMatch(/job_\w+ is completed and cost \$/);
      report.saw('helm test', 'a sandbox video was ordered inside the cluster and completed');
    },
    INSTALL_MS,
  );

  endToEnd(platform, FROM_ANOTHER_PROCESS);
  shielding(platform, report);
  scaling(platform, ownAccount(platform), report);
  disruption(platform, ownAccount(platform), report);
  gitOps(platform, report);

  it(
    "leaves nothing when it is uninstalled but the customers' files and what it was given",
    async () => {
      const said = await installed.uninstall();
      expect(said).toContain('us-video-api-artifacts');
      const left = await installed.namespace.kubectl([
        'get',
        'all,networkpolicy,pdb,hpa,serviceaccount,configmap,secret,pvc,ingress',
        '--selector',
        'app.kubernetes.io/instance=us-video-api',
        '--output',
        'name',
      ]);
      expect(
        left
          .trim()
          .split('\n')
          .filter((name) => !name.startsWith('pod/')),
      ).toEqual(['persistentvolumeclaim/us-video-api-artifacts']);
      report.saw('uninstall', "left the volume of the customers' files, as it says, and nothing else of the chart");
    },
    INSTALL_MS,
  );

  it(
    'is installed by rendered manifests alone, in whatever order they are applied',
    async () => {
      const manifests = await installed.render();
      await installed.namespace.kubectl(['apply', '--server-side', '--filename', '-'], manifests);
      for (const component of ['accounts', 'ledger', 'scheduler', 'webhooks', 'gateway', 'fleet-sandbox'])
        await installed.namespace.rolledOut(installed.deployment(component));
      const { sandbox } = await eventually(() => register(installed).catch(() => undefined), {
        what: 'an account to be made',
        deadlineMs: 60_000,
      });
      const { body } = await sandbox.create({ prompt: 'A gate', resolution: '480p', duration: 1 });
      expect((await sandbox.ended(body.id)).status).toBe('completed');
      await installed.namespace.kubectl(['delete', '--wait=true', '--filename', '-'], manifests, INSTALL_MS);
      report.saw('kubectl apply of the rendered manifests, without Helm', 'a video was ordered and completed');
    },
    INSTALL_MS,
  );
});
