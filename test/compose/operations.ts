import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { START_ORDER } from '../../services/standalone/src/cluster/plan';
import type { Job } from '../e2e/customer';
import { register } from '../e2e/stage';
import type { ComposedPlatform } from './composed-platform';
import { composition, DEPLOY, textOf } from './composition';

const SERVICES = START_ORDER.flat() as readonly string[];
const WORKERS = 3;
const OPERATION_MS = 600_000;

const page = textOf('README.md').replaceAll(/\s+/g, ' ');
const commands = [...new Set([...page.matchAll(/`(docker compose [^`]+)`/g)].map(([, command]) => command!))];
/** Grafana, Prometheus and Jaeger come from their makers' registries alone. */
const ofObservability = (command: string) => command.includes('compose.observability.yaml');

/** Commands of the runbooks that only look, each with its page; what SQL they give is tested with the alerts. */
const RUNBOOKS = join(DEPLOY, '..', 'docs', 'runbooks');
const looks = readdirSync(RUNBOOKS).flatMap((name) =>
  [
    ...readFileSync(join(RUNBOOKS, name), 'utf8').matchAll(
      /^(docker compose (?:logs|ps|exec) .*|docker compose ps|curl -s -H "authorization.*)$/gm,
    ),
  ].map(([command]) => [name, command] as const),
);

/** Every command that deploy/README.md gives, as it stands there, and what is seen after it. The last one takes the platform away. */
export function operations(composedOf: () => ComposedPlatform): void {
  describe('its operator, by deploy/README.md,', () => {
    const done = new Set<string>();
    let composed: ComposedPlatform;
    beforeAll(() => {
      composed = composedOf();
    });

    const given = (command: string) => {
      expect(commands).toContain(command);
      done.add(command);
      return command;
    };
    const job = async (prompt: string) => {
      const { live } = await register(composed);
      const { body } = await live.create({ prompt, resolution: '480p', duration: 1 });
      return { live, job: await live.ended(body.id) };
    };
    const healthy = async (service: string) =>
      (await composed.containers()).filter(
        (container) => container.service === service && container.health === 'healthy',
      ).length;

    it(
      'follows one service',
      () => composed.follow(given('docker compose logs -f scheduler'), '"msg":"serving"'),
      OPERATION_MS,
    );

    it.each(looks)(
      'looks as %s says: %s',
      async (_, command) => {
        const { code, output } = await composed.operate(
          command.replace(/<(service|consumer)>/, 'ledger').replace('<publisher>', 'scheduler'),
        );
        // `grep` ends with 1 where a healthy platform has said nothing of the kind.
        expect(command.includes('| grep') ? [0, 1] : [0]).toContain(code);
        if (command.startsWith('curl')) expect(JSON.parse(output)).not.toHaveProperty('error');
      },
      OPERATION_MS,
    );

    it(
      'has more of something, and callers find all of it by its name',
      async () => {
        await composed.run(given(`docker compose up --wait --scale render-fleet=${WORKERS} --scale ledger=2`));
        expect([await healthy('render-fleet'), await healthy('ledger')]).toEqual([WORKERS, 2]);
        expect(await composed.addressesOf('ledger')).toHaveLength(2);
        const jobs = await Promise.all(
          Array.from({ length: 2 * WORKERS }, (_, index) => job(`by many workers ${index}`)),
        );
        expect(new Set(jobs.map((made) => made.job.status))).toEqual(new Set(['completed']));
      },
      OPERATION_MS,
    );

    it(
      'updates it',
      async () => {
        await composed.run(given('docker compose up --wait --build'));
        expect([await healthy('render-fleet'), await healthy('ledger')]).toEqual([1, 1]);
        expect((await job('after the update')).job.status).toBe('completed');
      },
      OPERATION_MS,
    );

    it('can have it observed with files that fit together', async () => {
      const observed = commands.filter(ofObservability);
      expect(observed).toHaveLength(2);
      for (const command of observed)
        await composed.run(
          command.replace(/compose\.observability\.yaml .*/, 'compose.observability.yaml config --quiet'),
        );
    });

    it(
      'stops it: every service has done what it was at',
      async () => {
        await composed.stop();
        const ended = (await composed.containers()).filter(({ service }) => SERVICES.includes(service));
        expect(ended.map(({ service, exitCode }) => [service, exitCode]).sort()).toEqual(
          SERVICES.map((name) => [name, 0]).sort(),
        );
      },
      OPERATION_MS,
    );

    it(
      'takes its containers away and has all data when it comes again',
      async () => {
        await composed.run(given('docker compose up --wait'));
        const { live, job: before } = await job('kept');
        await composed.run(given('docker compose down'));
        expect(await composed.containers()).toEqual([]);
        await composed.run('docker compose up --wait');
        const { body: again } = await live.get<Job>(`/v1/videos/${before.id}`);
        expect(again).toMatchObject({ status: 'completed', billing: { settled: true } });
        expect((await fetch(again.video_url!)).status).toBe(200);
      },
      OPERATION_MS,
    );

    it(
      'takes it away, and no container, volume or network is left',
      async () => {
        const before = await composed.traces();
        const { services, networks } = composition('compose.yaml');
        expect([before.containers.length, before.networks.length]).toEqual([
          Object.keys(services).length,
          Object.keys(networks).length,
        ]);
        expect(before.volumes.length).toBeGreaterThanOrEqual(4);
        await composed.run(given('docker compose down --volumes'));
        expect(await composed.left(before)).toEqual([]);
      },
      OPERATION_MS,
    );

    it('is given no other command', () =>
      expect(commands.filter((command) => !done.has(command) && !ofObservability(command))).toEqual([]));
  });
}
