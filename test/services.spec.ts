import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
/** Neither is a process of the cluster: one is files, the other is all services in one process. */
const NO_SERVICE_OF_ITS_OWN = ['dashboard', 'standalone'];
const services = readdirSync(join(root, 'services')).filter((name) => !NO_SERVICE_OF_ITS_OWN.includes(name));

/** Every place that names each service, and what a service that is missing there lacks. */
const LISTS: readonly (readonly [file: string, lacks: string])[] = [
  ['eslint.config.mjs', 'its boundary: others could import it'],
  ['jest.config.cjs', 'its name in tests'],
  ['services/standalone/package.json', 'its place in the one process'],
  ['services/standalone/src/standalone.module.ts', 'its place in the one process'],
  ['services/standalone/src/generate.ts', 'the table of its settings in its README'],
  ['services/standalone/src/cluster/plan.ts', 'its process in `npm run cluster`'],
  ['libs/contracts/src/callers.ts', 'the calls that it may make'],
  ['deploy/compose.yaml', 'its container'],
  ['deploy/compose.observability.yaml', 'its traces'],
  ['deploy/observability/prometheus.yml', 'its metrics'],
  ['deploy/secrets.mjs', 'its secrets'],
  ['charts/us-video-api/templates/_picture.tpl', 'its edges in the cluster'],
  ['.github/workflows/release.yaml', 'its image'],
  ['test/cluster/images.sh', 'its image in the trial of the chart'],
];

describe.each(services)('the service %s', (service) => {
  it.each(LISTS)('is named in %s, or it lacks %s', (file) => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(`(^|[^a-zA-Z-])${service}([^a-zA-Z-]|$)`, 'm'));
  });

  it('names in its main who answers for the log of each topic that it hears', () => {
    const source = (file: string) => readFileSync(join(root, 'services', service, 'src', file), 'utf8');
    const consumers = readdirSync(join(root, 'services', service, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.consumer.ts'),
    );
    const heard = consumers.flatMap((file) => source(file).match(/usvideo\.\w+\.v1/g) ?? []);
    expect([...new Set(heard)].filter((topic) => !source('main.ts').includes(`'${topic}'`))).toEqual([]);
  });

  it('has a main, a config and a README', () => {
    expect(readdirSync(join(root, 'services', service))).toContain('README.md');
    expect(readdirSync(join(root, 'services', service, 'src'))).toEqual(
      expect.arrayContaining(['main.ts', 'config.ts', `${service}.module.ts`]),
    );
  });
});
