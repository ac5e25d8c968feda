import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Platform } from './platform';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

/** Who executes the commands that are not requests. */
const EXECUTED_BY: Readonly<Record<string, string>> = {
  demo: 'test/e2e/demo.spec.ts', start: 'test/e2e/platform.ts', cluster: 'test/e2e/cluster.spec.ts', bench: 'test/e2e/bench.spec.ts',
  'ledger:verify': 'test/e2e/launcher.spec.ts', reconcile: 'test/e2e/launcher.spec.ts', restore: 'test/e2e/launcher.spec.ts', reset: 'test/e2e/launcher.spec.ts', 'test:unit': 'test/e2e/launcher.spec.ts',
  'cluster:test': 'test/cluster/cluster.spec.ts', 'test:browser': '.ci/run', chart: '.ci/run',
  test: '.ci/run', lint: '.ci/run', typecheck: '.ci/run', contracts: '.ci/run', chaos: '.ci/run',
};

const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
/** Containers are brought up by test/compose/running.spec.ts, where there is Docker. */
const here = blocks.filter((block) => !block.includes('docker compose'));
const curls = here.filter((block) => block.includes('curl'));

describe('the README', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({ ENGINES: 'sandbox' });
  });

  afterAll(() => platform.dispose());

  it('names only scripts that exist and that something executes', () => {
    const named = [...readme.matchAll(/npm (?:run )?([\w:]+)/g)].map((match) => match[1]!).filter((name) => name !== 'and');
    expect(named.filter((name) => !(name in scripts) || !(name in EXECUTED_BY))).toEqual([]);
    expect(new Set(named).size).toBe(Object.keys(EXECUTED_BY).length);
    for (const [name, file] of Object.entries(EXECUTED_BY)) {
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
      if (file === '.ci/run') expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(`^npm (run )?${name}\\b`, 'm'));
    }
  });

  it('has no other command', () => {
    const others = here.filter((block) => !block.includes('curl')).flatMap((block) => block.trim().split('\n'));
    expect(others.filter((line) => !/^npm (run )?[\w:]+$/.test(line))).toEqual([]);
    expect(curls.length).toBeGreaterThan(1);
  });

  it.each(curls.map((block, index) => [index + 1, block]))('says the truth in its block %d of requests', async (_, block) => {
    const script = `set -euo pipefail\n${String(block).replaceAll('http://127.0.0.1:8080', platform.credentials.api_url).replaceAll('./.data/', `${platform.dataDir}/`).replaceAll('curl -s', 'curl -fsS')}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: platform.dataDir, timeout: 60_000 });
    expect(stdout).toContain('{');
    expect(stdout).not.toContain('"error":"');
  }, 90_000);
});
