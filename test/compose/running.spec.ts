import { STRIPE } from '../e2e/billing';
import { outages, SHORT_LEASE } from '../e2e/outage';
import { ownAccount } from '../e2e/stage';
import { endToEnd, FROM_ANOTHER_PROCESS } from '../e2e/suite';
import { exportOfAMillion } from '../e2e/usage-export';
import { ComposedPlatform } from './composed-platform';
import { composition } from './composition';
import { describeDocker, docker } from './docker';
import { operations } from './operations';
import { restoring } from './restoring';

const { services } = composition('compose.yaml');
const FOREIGN = [
  ...new Set(
    Object.values(services)
      .filter(({ build }) => build === undefined)
      .map(({ image }) => image),
  ),
];
const ONCE = ['databases', 'secrets'];
const UP_MS = 1_800_000;

/** What holds in one process and in a cluster holds in containers: the same tests, on the platform that the README brings up. */
describeDocker('in containers', ['node:24-bookworm-slim', ...FOREIGN], () => {
  let composed: ComposedPlatform;
  let told: string;
  const platform = () => composed;

  beforeAll(async () => {
    composed = await ComposedPlatform.build({ ...STRIPE, ...SHORT_LEASE });
    try {
      told = await composed.followReadme();
    } catch (error) {
      throw new Error(`the platform did not come up:\n${await composed.log()}`, { cause: error });
    }
  }, UP_MS);
  afterAll(() => composed?.down(), 300_000);

  it('comes up by the commands of the README, every part of it healthy', async () => {
    expect(told).toContain('"live_key":"usv_live_');
    const states = Object.fromEntries(
      (await composed.containers()).map(({ service, state, health, exitCode }) => [
        service,
        health === '' ? `${state} ${exitCode}` : health,
      ]),
    );
    expect(states).toEqual(
      Object.fromEntries(Object.keys(services).map((name) => [name, ONCE.includes(name) ? 'exited 0' : 'healthy'])),
    );
  });

  it('runs under no root, on file systems that cannot be written, without capabilities', async () => {
    for (const { id, service } of (await composed.containers()).filter(({ service: name }) => !ONCE.includes(name))) {
      const seen = await docker([
        'exec',
        id,
        'sh',
        '-c',
        'id -u; touch /written 2>&1; grep -E "CapEff|NoNewPrivs" /proc/1/status',
      ]);
      expect([service, seen]).toEqual([
        service,
        expect.stringMatching(/^[1-9]\d*\n.*Read-only file system\nCapEff:\s+0+\nNoNewPrivs:\s+1\n$/),
      ]);
    }
  });

  endToEnd(platform, FROM_ANOTHER_PROCESS);
  outages(platform);
  restoring(platform);
  // After restoring, which verifies the ledger: these rows are of no event.
  exportOfAMillion(ownAccount(platform), platform);
  operations(platform);
});
