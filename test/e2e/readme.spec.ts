import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Platform } from './platform';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

/** What the launcher's commands do is watched by demo.spec.ts, by this run itself, and by CI. */
const WATCHED_ELSEWHERE = ['npm run demo', 'npm test', 'npm start'];

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

  it('names only scripts that exist', () => {
    const named = [...readme.matchAll(/npm (?:run )?([\w:]+)/g)].map((match) => match[1]!).filter((name) => name !== 'run');
    expect(named.filter((name) => !(name in scripts) && name !== 'and')).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });

  it('has no command that nothing executes', () => {
    const others = here.filter((block) => !block.includes('curl')).flatMap((block) => block.trim().split('\n'));
    expect(others.filter((line) => !WATCHED_ELSEWHERE.includes(line))).toEqual([]);
    expect(curls.length).toBeGreaterThan(1);
  });

  it.each(curls.map((block, index) => [index + 1, block]))('says the truth in its block %d of requests', async (_, block) => {
    const script = `set -euo pipefail\n${String(block).replaceAll('http://127.0.0.1:8080', platform.credentials.api_url).replaceAll('./.data/', `${platform.dataDir}/`).replaceAll('curl -s', 'curl -fsS')}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: platform.dataDir, timeout: 60_000 });
    expect(stdout).toContain('{');
    expect(stdout).not.toContain('"error":"');
  }, 90_000);
});
