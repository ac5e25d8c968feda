import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildInfo } from './metrics/metrics';
import { observeBuild, VERSION } from './version';

const root = join(__dirname, '..', '..', '..');
const versionIn = (folder: string) =>
  (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { version: string }).version;

describe('the version', () => {
  it('is the same in every package and image', () => {
    const packages = ['libs', 'services'].flatMap((part) =>
      readdirSync(join(root, part)).map((name) => join(part, name)),
    );
    expect(['', ...packages].filter((folder) => versionIn(folder) !== VERSION)).toEqual([]);
    expect(readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8')).toContain(`ARG VERSION=${VERSION}\n`);
  });

  it('is shown once for each service, with the schema level as it is raised', async () => {
    observeBuild('gateway');
    observeBuild('ledger', 1);
    observeBuild('ledger', 2);
    const { values } = await buildInfo.get();
    expect(values.map(({ labels, value }) => [labels.service, labels.version, labels.schema_level, value])).toEqual([
      ['gateway', VERSION, '', 1],
      ['ledger', VERSION, '2', 1],
    ]);
  });
});
