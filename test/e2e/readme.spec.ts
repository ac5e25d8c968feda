import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Platform } from './platform';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

/** Who executes the commands that are not requests. */
const EXECUTED_BY: Readonly<Record<string, string>> = {
  demo: 'test/e2e/demo.spec.ts',
  start: 'test/e2e/platform.ts',
  cluster: 'test/e2e/cluster.spec.ts',
  bench: 'test/e2e/bench.spec.ts',
  simulate: 'test/e2e/launcher.spec.ts',
  'ledger:verify': 'test/e2e/launcher.spec.ts',
  reconcile: 'test/e2e/launcher.spec.ts',
  restore: 'test/e2e/launcher.spec.ts',
  reset: 'test/e2e/launcher.spec.ts',
  'test:unit': 'test/e2e/launcher.spec.ts',
  'cluster:test': 'test/cluster/cluster.spec.ts',
  'test:browser': '.ci/run',
  chart: '.ci/run',
  test: '.ci/run',
  lint: '.ci/run',
  typecheck: '.ci/run',
  contracts: '.ci/run',
  chaos: '.ci/run',
  drills: 'test/e2e/drills.spec.ts',
  sbom: '.ci/run',
};

const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
/** Containers are brought up by test/compose/running.spec.ts, where there is Docker. */
const here = blocks.filter((block) => !block.includes('docker compose'));
const curls = here.filter((block) => block.includes('curl'));

/** What each request of each block is answered. */
const ANSWERS: readonly (readonly unknown[])[] = [
  [
    expect.objectContaining({
      object: 'video',
      livemode: false,
      resolution: '480p',
      duration: 2,
      prompt: 'a calm sea at dawn',
    }),
    expect.objectContaining({
      object: 'video',
      status: 'completed',
      billing: expect.objectContaining({ state: 'charged' }),
    }),
    expect.stringMatching(/^event: video\.completed$/m),
    expect.objectContaining({ livemode: false, balance: '$999.80' }),
  ],
  [
    {
      object: 'list',
      data: [expect.objectContaining({ object: 'account', status: 'active', plan: 'standard' })],
      has_more: false,
      next_cursor: null,
      limit: 20,
      offset: 0,
    },
    expect.objectContaining({
      object: 'account',
      limits: {
        live: expect.objectContaining({ concurrent_jobs: 50 }),
        test: expect.objectContaining({ concurrent_jobs: 10 }),
      },
    }),
    expect.objectContaining({
      amount: '$100.00',
      available: '$350.00',
      payment_ref: 'invoice-2026-001',
      replayed: false,
    }),
    expect.objectContaining({ ok: true, differences: [], postings_sum_micros: 0 }),
    expect.objectContaining({ ok: true, differences: [] }),
    { consumer: 'ledger', data: [] },
    { consumer: 'ledger', topic: 'usvideo.jobs.v1', ok: true, differences: [] },
  ],
];

describe('the README', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({ ENGINES: 'sandbox' });
  });

  afterAll(() => platform.dispose());

  it('names only scripts that exist and that something executes', () => {
    const named = [...readme.matchAll(/npm (?:run )?([\w:]+)/g)]
      .map((match) => match[1]!)
      .filter((name) => name !== 'and');
    expect(named.filter((name) => !(name in scripts) || !(name in EXECUTED_BY))).toEqual([]);
    expect(new Set(named).size).toBe(Object.keys(EXECUTED_BY).length);
    for (const [name, file] of Object.entries(EXECUTED_BY)) {
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
      if (file === '.ci/run')
        expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(`^[^#\n]*\\bnpm (run )?${name}\\b`, 'm'));
    }
  });

  it('has no other command', () => {
    const others = here.filter((block) => !block.includes('curl')).flatMap((block) => block.trim().split('\n'));
    expect(others.filter((line) => !/^npm (run )?[\w:]+$/.test(line))).toEqual([]);
    expect(curls.length).toBeGreaterThan(1);
  });

  it.each(curls.map((block, index) => [index + 1, block]))(
    'says the truth in its block %d of requests',
    async (number, block) => {
      const directory = mkdtempSync(join(tmpdir(), 'usv-readme-'));
      // Each answer is kept in a file of its own besides.
      const kept =
        'curl() { command curl -fS "$@" | tee "$(printf "answer-%02d" "$(ls | grep -c ^answer- || true)")"; }';
      const script = `set -euo pipefail\n${kept}\n${String(block).replaceAll('http://127.0.0.1:8080', platform.credentials.api_url).replaceAll('./.data/', `${platform.dataDir}/`)}`;
      await promisify(execFile)('bash', ['-c', script], { cwd: directory, timeout: 60_000 });
      const answers = readdirSync(directory)
        .filter((name) => name.startsWith('answer-'))
        .sort()
        .map((name) => readFileSync(join(directory, name), 'utf8'));
      rmSync(directory, { recursive: true });
      expect(answers.map((answer): unknown => (answer.startsWith('{') ? JSON.parse(answer) : answer))).toEqual(
        ANSWERS[Number(number) - 1],
      );
    },
    90_000,
  );
});
