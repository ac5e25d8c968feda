import type { InstalledPlatform } from './installed-platform';
import type { Report } from './report';

const PRIVILEGED = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'privileged' },
  spec: {
    containers: [
      { name: 'privileged', image: 'us-video-api/gateway:cluster-test', securityContext: { privileged: true } },
    ],
  },
};
/** Edges that are no part of the picture, and some that are: from, to, port. */
const CLOSED = [
  ['gateway', 'postgres', 5432],
  ['gateway', 'kafka', 9092],
  ['accounts', 'us-video-api-ledger', 9000],
  ['webhooks', 'us-video-api-gateway', 8080],
  ['fleet-sandbox', 'us-video-api-ledger', 9000],
  ['fleet-sandbox', 'postgres', 5432],
  ['webhooks', 'us-video-api-ledger', 9000],
  ['ledger', 'kubernetes.default', 443],
] as const;
const OPEN = [
  ['gateway', 'us-video-api-ledger', 9000],
  ['accounts', 'us-video-api-scheduler', 9000],
  ['fleet-sandbox', 'us-video-api-scheduler', 9000],
  ['webhooks', 'postgres', 5432],
  ['ledger', 'kafka', 9092],
] as const;

/** What Kubernetes keeps from happening. */
export function shielding(platform: () => InstalledPlatform, report: Report): void {
  describe('shielded by Kubernetes', () => {
    const reached = async (from: string, host: string, port: number): Promise<string> => {
      const script =
        `const s = require('node:net').connect(${port}, '${host}'); const end = (said) => { console.log(said); process.exit(); };` +
        ` s.once('connect', () => end('reached')); s.once('error', (e) => end(e.code)); setTimeout(() => end('silent'), 3000);`;
      return (await platform().namespace.node(platform().deployment(from), script)).output.trim();
    };

    it('runs under the restricted standard, which refuses a privileged pod', async () => {
      const { code, said } = await platform().namespace.tryKubectl(
        ['create', '--filename', '-'],
        JSON.stringify(PRIVILEGED),
      );
      expect([code, said]).toEqual([
        1,
        expect.stringContaining('violates PodSecurity "restricted:latest": privileged'),
      ]);
      report.saw('a privileged pod in the namespace', 'refused by Pod Security');
    });

    it('runs as nobody in particular, on a file system that cannot be written, without a token of the API server', async () => {
      const script =
        `const fs = require('node:fs'); let w; try { fs.writeFileSync('/written', ''); w = 'written'; } catch (e) { w = e.code; } ` +
        `console.log(process.getuid(), w, fs.existsSync('/var/run/secrets/kubernetes.io'), /CapEff:\\s+0+\\n/.test(fs.readFileSync('/proc/1/status', 'utf8')))`;
      for (const component of ['gateway', 'accounts', 'ledger', 'scheduler', 'webhooks', 'fleet-live']) {
        expect([
          component,
          (await platform().namespace.node(platform().deployment(component), script)).output.trim(),
        ]).toEqual([component, '10001 EROFS false true']);
      }
    });

    it.each(OPEN)('lets %s reach %s:%d', async (from, host, port) => {
      expect(await reached(from, host, port)).toBe('reached');
    });

    it.each(CLOSED)('keeps %s from %s:%d', async (from, host, port) => {
      expect(await reached(from, host, port)).not.toBe('reached');
      report.saw(`${from} → ${host}:${port}`, 'closed by a network policy');
    });
  });
}
