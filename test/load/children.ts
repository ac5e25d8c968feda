/** Starts the processes that a benchmark measures, and stops them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Child {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface BenchPlatform extends Child {
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly liveKey: string;
  /** Where its PostgreSQL has its data, among others. */
  readonly stateDir: string;
}

const WAYS = {
  'main.js': { state: '.', serving: 'serving; keys' },
  'cluster.js': { state: 'cluster', serving: 'The cluster is serving' },
} as const;

/** @param nodeArgs options for Node itself, such as those of its profiler. */
export async function startPlatform(
  environment: Record<string, string>,
  entry: keyof typeof WAYS = 'main.js',
  nodeArgs: readonly string[] = [],
): Promise<BenchPlatform> {
  const dataDir = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const { state, serving } = WAYS[entry];
  const stateDir = join(dataDir, state);
  const child = await startChild(
    [...nodeArgs, join(root, 'services/standalone/dist', entry)],
    {
      PORT: '0',
      OPS_PORT: '0',
      ADMIN_PORT: '0',
      LOG_LEVEL: 'info',
      OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
      ...environment,
      DATA_DIR: dataDir,
    },
    serving,
  );
  const credentials = JSON.parse(readFileSync(join(stateDir, 'credentials.json'), 'utf8'));
  return {
    stateDir,
    pid: child.pid,
    apiUrl: credentials.api_url,
    adminUrl: credentials.admin_url,
    adminToken: credentials.admin_token,
    liveKey: credentials.live_key,
    stop: async () => {
      await child.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function startChild(
  args: string[],
  environment: Record<string, string> = {},
  serving = 'serving',
): Promise<Child> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--enable-source-maps', '--disable-warning=ExperimentalWarning', ...args],
    {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const streams = [child.stdout!, child.stderr!];
  let output = '';
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`a measured process did not start:\n${output.slice(-4000)}`));
    child.once('exit', failed);
    const listen = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      if (!output.includes(serving)) return;
      child.off('exit', failed);
      // From here on nobody looks at what it says, and looking would take time from what is measured.
      for (const stream of streams) stream.off('data', listen).resume();
      resolve({ pid: child.pid!, stop: () => stopChild(child) });
    };
    for (const stream of streams) stream.on('data', listen);
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Linux counts a process's time in hundredths of a second, whatever its kernel does. */
const TICK_MICROS = 10_000;

/** Time on a core that all threads of a process have had since it started, in microseconds. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user! + system!) * TICK_MICROS;
}

/** Resident memory of a process, in MiB. */
export function memoryMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}
