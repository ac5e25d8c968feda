import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import { Customer } from './customer';
import { Platform } from './platform';
import { isRunning } from './processes';

const root = join(__dirname, '..', '..');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

/** What `npm run <name>` runs, in a folder of the test's own. */
function launch(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'launch.mjs'), ...args],
      { cwd: root, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      },
    );
  });
}

describe('the launcher', () => {
  it('tells what every script does, and refuses what is none', async () => {
    const { code, output } = await launch(['nonsense']);
    expect(code).toBe(2);
    expect([...output.matchAll(/^ {2}npm run (\S+)/gm)].map((match) => match[1])).toEqual(Object.keys(scripts));
    for (const [name, command] of Object.entries(scripts)) expect(command).toBe(`node launch.mjs ${name}`);
  });

  it('refuses arguments that a script does not know, before anything starts', async () => {
    expect(await launch(['cluster', '--replica'])).toEqual({
      code: 2,
      output: expect.stringMatching(/^npm run cluster takes --replicas only, and was given --replica\./m),
    });
    expect(await launch(['start', '--port', '80'])).toEqual({
      code: 2,
      output: expect.stringMatching(/^npm run start takes no arguments, and was given --port 80\./m),
    });
    expect((await launch(['cluster', '--help'])).code).toBe(0);
  });

  it('simulates the scheduler, and tells its flags and which of them are wrong', async () => {
    const { code, output } = await launch(['simulate', '--gpus', '20', '--tenants', '10', '--days', '0.1']);
    expect(code).toBe(0);
    const report = JSON.parse(output.trim().split('\n').at(-1)!) as { jobs: { completed: number; overLimit: number } };
    expect(report.jobs).toMatchObject({ completed: expect.any(Number), overLimit: 0 });
    expect(report.jobs.completed).toBeGreaterThan(100);
    expect(await launch(['simulate', '--help'])).toEqual({
      code: 0,
      output: expect.stringMatching(/--gpus +slots of the fleet \(1000\)/),
    });
    expect(await launch(['simulate', '--gpus', '0', '--load', 'much'])).toEqual({
      code: 2,
      output: expect.stringMatching(/--gpus is a whole number from 1 to 20000, and was 0\n--load is a number from/),
    });
  }, 60_000);

  it('runs the restore command of a service that tells events', async () => {
    expect(await launch(['restore', '--service', 'webhooks'])).toEqual({
      code: 2,
      output: expect.stringMatching(/--service is one of accounts, ledger, scheduler\. webhooks tells no events/),
    });
    expect(await launch(['restore', '--confirm'])).toEqual({
      code: 2,
      output: expect.stringContaining('--service is one of'),
    });
    const { code, output } = await launch(['restore', '--confirm', '--service', 'ledger']);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /The epoch of ledger was not changed[^]*DATABASE_URL: is required[^]*KAFKA_BROKERS: is required/,
      ),
    ]);
  }, 60_000);

  /** As a terminal that closes, a supervisor that knows npm only, or the kernel short of memory would end it. */
  it.each([
    ['npm is told to stop', 'SIGTERM', (npm: number) => npm],
    ['the launcher is killed', 'SIGKILL', (_: number, launcher: number) => launcher],
  ] as const)(
    'leaves nothing running when %s',
    async (_, signal, victimOf) => {
      const folder = mkdtempSync(join(tmpdir(), 'usv-launcher-'));
      const npm = spawn('npm', ['start'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          DATA_DIR: folder,
          PORT: '0',
          OPS_PORT: '0',
          ADMIN_PORT: '0',
          ENGINES: 'sandbox',
        },
      });
      let output = '';
      for (const stream of [npm.stdout, npm.stderr])
        stream.on('data', (text: Buffer) => {
          output += text.toString();
        });
      await eventually(() => output.includes('serving; keys'), {
        what: 'npm start to serve',
        deadlineMs: 120_000,
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${output.slice(-4_000)}`);
      });
      const { pid } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { pid: number };
      const postgres = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      const launcher = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
      expect([pid, postgres, launcher].map(isRunning)).toEqual([true, true, true]);
      process.kill(victimOf(npm.pid!, launcher), signal);
      await eventually(() => ![pid, postgres, launcher].some(isRunning), {
        what: 'everything to end',
        deadlineMs: 60_000,
      });
      expect(existsSync(join(folder, 'run.json'))).toBe(false);
      rmSync(folder, { recursive: true });
    },
    200_000,
  );

  it('says in one line that a port is taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usv-launcher-'));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await launch(['cluster'], { DATA_DIR: folder, PORT: String(port) });
    other.close();
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(output.slice(output.indexOf('✘'))).toBe(
      `✘ PORT=${port} is taken by another program: stop it, or set PORT to a free port\n`,
    );
  }, 60_000);

  it('narrows the pure tests to a pattern', async () => {
    const { code, output } = await launch(['test:unit', 'libs/runtime/src/config/money']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Test Suites: 1 passed, 1 total') });
    expect(output).toMatch(/\n[1-9]\d* passed, 0 failed\n/);
  }, 60_000);

  it('proves the money of a stopped platform, and deletes its state, but never under a running one', async () => {
    const platform = await Platform.start({ ENGINES: 'sandbox' });
    const dataDir = { DATA_DIR: platform.dataDir };
    try {
      await Customer.live(platform).create({ prompt: 'held', resolution: '480p', duration: 1 });
      for (const command of ['reset', 'ledger:verify', 'reconcile']) {
        const { code, output } = await launch([command], dataDir);
        expect([command, code, output]).toEqual([command, 1, expect.stringMatching(/is running|in use by process/)]);
      }
      await platform.stop();
      expect(await launch(['ledger:verify'], dataDir)).toEqual({
        code: 0,
        output: expect.stringMatching(/2 events, postings sum to 0[^]*no difference/),
      });
      expect(await launch(['reconcile'], dataDir)).toEqual({
        code: 0,
        output: expect.stringMatching(/1 jobs and 1 holds[^]*no difference/),
      });
      expect((await launch(['reset'], dataDir)).code).toBe(0);
      expect(existsSync(platform.dataDir)).toBe(false);
    } finally {
      await platform.dispose();
    }
  }, 120_000);

  it('says what a setting must be, before anything starts, and leaves the build alone that others run from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usv-launcher-'));
    const start = () => launch(['start'], { DATA_DIR: folder, PORT: 'eighty' });
    const { code, output } = await start();
    expect([code, output]).toEqual([1, expect.stringContaining('PORT')]);
    expect((await start()).output).not.toContain('Building');
    rmSync(folder, { recursive: true });
  });
});
