import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import { Customer } from './customer';
import type { Cluster, RunningPart } from './platform';
import { isRunning } from './processes';
import { register } from './stage';

const SHORT = { resolution: '480p', duration: 1 };
/** What each process of a service counts once work has reached it. */
const WORK: Readonly<Record<string, string>> = {
  gateway: 'usvideo_http_requests_total',
  accounts: 'usvideo_rpc_requests_total',
  ledger: 'usvideo_rpc_requests_total',
  scheduler: 'usvideo_rpc_requests_total',
  webhooks: 'usvideo_events_handled_total',
  'render-fleet': 'usvideo_render_attempts_total',
};

async function workDone({ name, operations }: RunningPart): Promise<number> {
  const metric = WORK[name.replace(/-\d+$/, '')]!;
  const text = await (await fetch(`${operations}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}

/** What whoever runs a cluster with replicas sees of it, and does to it. The last test stops it. */
export function operating(clusterOf: () => Cluster): void {
  describe('its operator', () => {
    let cluster: Cluster;
    beforeAll(() => {
      cluster = clusterOf();
    });

    const table = async () =>
      (await cluster.type('status', 'gateway-2 ')).split('\n').filter((line) => line.startsWith('  '));

    it('sees every process in a table that fits the terminal, without colours in a file', async () => {
      const lines = await table();
      const names = lines.slice(1).map((line) => line.trim().split(/\s+/)[0]);
      expect(names).toEqual([
        'postgres',
        'kafka',
        'accounts',
        'ledger-1',
        'ledger-2',
        'scheduler-1',
        'scheduler-2',
        'webhooks-1',
        'webhooks-2',
        'render-fleet-1',
        'render-fleet-2',
        'render-fleet-3',
        'gateway-1',
        'gateway-2',
      ]);
      const healthy = lines.filter((line) => /serving$/.test(line));
      expect(Math.max(...healthy.map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(cluster.log).not.toContain('\u001b');
    });

    it('finds a log of each process in one folder', () => {
      const logs = readdirSync(join(cluster.dataDir, 'cluster', 'logs'));
      expect(logs.filter((name) => name.endsWith('.log')).sort()).toEqual(
        ['cluster', ...cluster.parts.map(({ name }) => name)].sort().map((name) => `${name}.log`),
      );
      expect(cluster.logOf('postgres')).toContain('ready to accept connections');
      expect(cluster.logOf('gateway-1')).toContain('"msg":"serving"');
    });

    it('sees work reach every replica', async () => {
      const gateways = cluster.parts.filter(({ name }) => name.startsWith('gateway'));
      const services = cluster.parts.filter(({ operations }) => operations !== '');
      let idle: string[] = [];
      await eventually(
        async () => {
          // An account is one shard, and a shard is one consumer's; as many jobs at once as there are workers are for all of them.
          const { live } = await register(cluster);
          const answers = await Promise.all(
            [...gateways, ...gateways].map(({ address }) =>
              new Customer(address, live.key).create({ ...SHORT, prompt: 'work for all' }),
            ),
          );
          expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
          await Promise.all(answers.map(({ body }) => live.ended(body.id)));
          const done = await Promise.all(services.map(workDone));
          idle = services.filter((_, index) => done[index] === 0).map(({ name }) => name);
          return idle.length === 0;
        },
        { what: 'every replica to have done something', deadlineMs: 90_000 },
      ).catch(() => expect(idle).toEqual([]));
    }, 100_000);

    it('is told when a process ends by itself and when it is back, on the terminal and in the log', async () => {
      const { pid } = await cluster.serving('webhooks-2');
      const already = cluster.log.length;
      const restarts = cluster.part('webhooks-2').restarts;
      process.kill(pid!, 'SIGKILL');
      await eventually(() => /\dZ webhooks-2 is serving\n/.test(cluster.log.slice(already)), {
        what: 'webhooks-2 to be back',
        deadlineMs: 60_000,
      });
      expect(cluster.log.slice(already)).toMatch(
        /• \d\d:\d\d:\d\dZ webhooks-2 ended with SIGKILL and starts again in \d+ ms\n/,
      );
      expect(cluster.logOf('cluster')).toContain('webhooks-2 ended with SIGKILL and starts again');
      expect((await table()).find((line) => line.includes('webhooks-2'))).toMatch(
        new RegExp(`serving, ${restarts + 1} restart`),
      );
      expect((await cluster.serving('webhooks-2')).pid).not.toBe(pid);
    }, 70_000);

    it('stops it in order, however often the signal arrives', async () => {
      const pids = cluster.parts.map(({ pid }) => pid!);
      // Through a process group and from a launcher that hands it on, requests to stop come together.
      expect(await cluster.end('SIGTERM', 'SIGINT')).toBe(0);
      const steps = [...cluster.log.matchAll(/^• (Stopp.*)$/gm)].map(([, step]) => step);
      expect(steps).toEqual([
        expect.stringMatching(/^Stopping \(SIG(TERM|INT)\)/),
        'Stopping gateway-1, gateway-2',
        'Stopping webhooks-1, webhooks-2, render-fleet-1, render-fleet-2, render-fleet-3',
        'Stopping scheduler-1, scheduler-2',
        'Stopping accounts, ledger-1, ledger-2',
        'Stopping postgres, kafka',
        'Stopped',
      ]);
      expect(pids.filter(isRunning)).toEqual([]);
      expect(existsSync(join(cluster.dataDir, 'cluster', 'run.json'))).toBe(false);
      for (const { name } of cluster.parts.filter(({ operations }) => operations !== ''))
        expect(cluster.logOf(name).trimEnd()).toMatch(/"msg":"stopped"}$/);
    }, 60_000);
  });
}
