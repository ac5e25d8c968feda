import { eventually } from '@usvideo/testing';
import type { Stage } from '../e2e/stage';
import type { InstalledPlatform } from './installed-platform';
import type { Report } from './report';

const STEP_MS = 300_000;
const FLEET = 'fleet-live';

/** What an autoscaler does with the metric that it follows, done by hand: a cluster for tests need not have one. */
export function scaling(platform: () => InstalledPlatform, stage: () => Stage, report: Report): void {
  const scaledTo = (replicas: number) =>
    platform().namespace.kubectl(['scale', `deployment/${platform().deployment(FLEET)}`, `--replicas=${replicas}`]);
  const wantedSlots = async (): Promise<number> => {
    const script = `fetch('http://127.0.0.1:8081/metrics').then((answer) => answer.text()).then((text) => console.log(text))`;
    const { output } = await platform().namespace.node(platform().deployment('scheduler'), script);
    return [...output.matchAll(/^usvideo_fleet_wanted_slots\{[^}]*\} (\S+)$/gm)].reduce(
      (sum, [, slots]) => sum + Number(slots),
      0,
    );
  };
  const wants = (slots: number) =>
    eventually(async () => (await wantedSlots()) === slots, {
      what: `${slots} slots to be wanted`,
      deadlineMs: 60_000,
    });

  describe('scaled to zero', () => {
    it(
      'accepts the first order, asks for one worker however much an account at its limit queues, and completes all',
      async () => {
        const { admin, live, accountId } = stage();
        await admin.put(`/admin/v1/accounts/${accountId}/limits`, { environment: 'live', concurrent_jobs: 1 });
        await wants(0);
        await scaledTo(0);
        await eventually(
          async () => ((await platform().namespace.pods(`us-video-api/fleet=live`)).length === 0 ? true : undefined),
          { what: 'the last worker to be gone', deadlineMs: 180_000 },
        );
        const orders = Array.from({ length: 5 }, () =>
          live.create({ prompt: 'A light at night', resolution: '480p', duration: 1 }),
        );
        const answers = await Promise.all(orders);
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
        await wants(1);
        await scaledTo(1);
        for (const { body } of answers) expect((await live.ended(body.id)).status).toBe('completed');
        await wants(0);
        await admin.put(`/admin/v1/accounts/${accountId}/limits`, { environment: 'live', concurrent_jobs: 50 });
        report.saw('5 orders of an account that may run one, at no worker', 'accepted; one slot wanted; all completed');
      },
      STEP_MS,
    );
  });
}
