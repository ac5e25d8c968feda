/** What a call through each SDK costs beside the bare client that it is built on, and how soon after its import a first answer is there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './children.ts';

interface Pair {
  readonly bare: number;
  readonly sdk: number;
}

interface Report {
  readonly client: string;
  readonly runtime: string;
  readonly call_us: Pair;
  readonly async_call_us?: Pair;
  readonly first_byte_ms: Pair;
}

interface Bench {
  readonly folder: string;
  readonly prepare: string;
  readonly command: string;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  typescript: {
    folder: 'typescript',
    prepare: 'npm ci --no-audit --no-fund --loglevel=error && npm run build',
    command: 'node bench/overhead.mjs',
  },
  python: {
    folder: 'python',
    prepare: './install.sh',
    command: '.venv/bin/python benchmarks/overhead.py',
  },
  go: { folder: 'go', prepare: 'go build ./internal/benchmarks', command: 'go run ./internal/benchmarks' },
};

export interface SdkRow {
  readonly sdk: string;
  readonly beside: string;
  readonly what: string;
  readonly bare: number;
  readonly withSdk: number;
  readonly more: number;
}

/** One language after the other, each bench in turns of both clients. @throws when a toolchain is missing. */
export function measureSdks(): SdkRow[] {
  return Object.entries(BENCHES).flatMap(([sdk, { folder, prepare, command }]) => {
    run(folder, prepare);
    const said = run(folder, command).trim().split('\n');
    return rowsOf(sdk, JSON.parse(said.at(-1)!) as Report);
  });
}

function rowsOf(sdk: string, report: Report): SdkRow[] {
  const beside = `${report.client} on ${report.runtime}`;
  const row = (what: string, pair: Pair | undefined): SdkRow[] =>
    pair === undefined ? [] : [{ sdk, beside, what, bare: pair.bare, withSdk: pair.sdk, more: pair.sdk - pair.bare }];
  return [
    ...row('a call, µs', report.call_us),
    ...row('an asynchronous call, µs', report.async_call_us),
    ...row('import to first byte, ms', report.first_byte_ms),
  ];
}

function run(folder: string, command: string): string {
  const { status, stdout, stderr, error } = spawnSync('sh', ['-c', command], {
    cwd: join(root, 'sdks', folder),
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  if (status !== 0) throw new Error(`sdks/${folder}: ${command} failed: ${error?.message ?? `${stdout}\n${stderr}`}`);
  return stdout;
}
