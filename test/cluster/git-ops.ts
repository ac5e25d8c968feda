import { eventually } from '@usvideo/testing';
import type { InstalledPlatform } from './installed-platform';
import { isReady } from './kubernetes';
import type { Report } from './report';

const STEP_MS = 600_000;

/** What a tool that applies rendered manifests and watches for differences relies on. */
export function gitOps(platform: () => InstalledPlatform, report: Report): void {
  describe('kept by a GitOps tool', () => {
    it(
      'renders the same bytes again, and what is there is what is rendered',
      async () => {
        const manifests = await platform().render();
        expect(await platform().render()).toBe(manifests);
        const { code, said } = await platform().namespace.tryKubectl(
          ['diff', '--server-side', '--force-conflicts', '--filename', '-'],
          manifests,
        );
        expect([code, said]).toEqual([0, '']);
        report.saw('kubectl diff of the rendered manifests', 'no difference');
      },
      STEP_MS,
    );

    it(
      'heals by itself once its deleted Secret is back',
      async () => {
        const { namespace } = platform();
        const name = platform().deployment('accounts');
        await namespace.kubectl(['delete', 'secret', 'us-video-api-secrets']);
        await namespace.kubectl(['rollout', 'restart', `deployment/${name}`]);
        const waiting = async () =>
          (
            await namespace.kubectl([
              'get',
              'pods',
              '--selector',
              'app.kubernetes.io/component=accounts',
              '--output',
              'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
            ])
          ).includes('CreateContainerConfigError');
        await eventually(waiting, { what: 'a new pod to miss its Secret', deadlineMs: 60_000 });
        const old = (await namespace.pods('app.kubernetes.io/component=accounts')).filter(isReady);
        expect(old.length).toBeGreaterThanOrEqual(2);
        await platform().makeSecret();
        await namespace.rolledOut(name);
        report.saw(
          'the Secret deleted during a rollout',
          'the old pods served on; the new ones started once it was back',
        );
      },
      STEP_MS,
    );
  });
}
