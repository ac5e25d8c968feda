import { Customer } from './customer';
import { Load } from './load';
import type { Cluster } from './platform';
import type { Stage } from './stage';

const STEP_TIMEOUT_MS = 300_000;

/** Where there are two of each service that cannot be missed, on an account of its own: an upgrade, or a restart that nobody notices. */
export function rolling(clusterOf: () => Cluster, stageOf: () => Stage): void {
  describe('while its processes are replaced, under load', () => {
    /** As Kubernetes does it: told to stop, ended, and another in its place. */
    async function replaced(name: string): Promise<void> {
      await clusterOf().type(`stop ${name}`);
      await clusterOf().type(`start ${name}`);
      await clusterOf().serving(name);
    }

    it.each([
      ['gateway-1', ['gateway-2', 'accounts', 'ledger-1', 'scheduler-1', 'webhooks-1']],
      ['gateway-2', ['gateway-1', 'ledger-2', 'scheduler-2', 'webhooks-2']],
    ])(
      '%s answers every request and every job is completed, whatever goes: %j',
      async (through, going) => {
        const load = new Load(new Customer(clusterOf().part(through).address, stageOf().sandbox.key));
        await load.takenUp(10);
        await Promise.all(going.map(replaced));
        await load.takenUp(10);
        await load.end();
        expect(load.failedAtOnce).toEqual([]);
        for (const id of load.jobs) expect((await stageOf().sandbox.ended(id)).status).toBe('completed');
      },
      STEP_TIMEOUT_MS,
    );
  });
}
