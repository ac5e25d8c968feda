import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import { Platform } from './platform';
import { Customer } from './customer';

const root = join(__dirname, '..', '..');

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

function begin(args: string[], environment: Record<string, string>): Run {
  let output = '';
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, output: () => output, ended };
}

const run = (args: string[], environment: Record<string, string>) => begin(args, environment).ended;

const demo = join(root, 'services/standalone/dist/demo.js');

describe('npm run demo', () => {
  let dataDir: string;
  let taken: Server[];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'usv-demo-'));
    taken = await Promise.all(
      [8080, 8081, 8082].map(
        (port) =>
          new Promise<Server>((resolve) => {
            const server = createServer();
            server.once('error', () => resolve(server));
            server.listen(port, '127.0.0.1', () => resolve(server));
          }),
      ),
    );
  });

  afterAll(() => {
    taken.forEach((server) => server.close());
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('shows the main job with every claim true, with the default ports taken', async () => {
    const { code, output } = await run([demo], { DATA_DIR: dataDir });
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Everything above was true.') });
    for (const claim of [
      'its price is held',
      'its hold is released',
      'exactly 1280×720',
      'both signatures verified',
      'capture',
      'no difference',
    ])
      expect(output).toContain(`${claim}`);
    expect(output).toContain('not AI');
    const file = /file {8}(\S+\.mp4)/.exec(output)![1]!;
    expect(existsSync(file)).toBe(true);
    expect(statSync(join(dataDir, 'credentials.json')).mode & 0o777).toBe(0o600);
  }, 120_000);

  it('runs again on the same data, keeping account, video and money', async () => {
    const before = readFileSync(join(dataDir, 'credentials.json'), 'utf8');
    const { code, output } = await run([demo], { DATA_DIR: dataDir });
    expect(code).toBe(0);
    expect(output).toContain('$248.75');
    expect((JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as { live_key: string }).live_key).toBe(
      (JSON.parse(before) as { live_key: string }).live_key,
    );
  }, 120_000);

  it('finishes first what a run left behind that was killed while it rendered', async () => {
    const killed = begin([demo], { DATA_DIR: dataDir, LEASE_MS: '3000' });
    await eventually(() => /[1-9]\d %/.test(killed.output()), {
      what: 'the render to be on its way',
      deadlineMs: 60_000,
    });
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { code, output } = await run([demo], { DATA_DIR: dataDir, LEASE_MS: '3000' });
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('Finishing 1 job of an earlier run'),
    });
    expect(output).toContain('$245.00');
  }, 180_000);

  it.each(['Starting the services', 'A video out'])(
    'is stopped by Ctrl-C at "%s", with nothing left behind',
    async (moment) => {
      const interrupted = begin([demo], { DATA_DIR: dataDir });
      await eventually(() => interrupted.output().includes(moment), { what: moment, deadlineMs: 60_000 });
      interrupted.child.kill('SIGINT');
      expect((await interrupted.ended).code).toBe(130);
      expect(
        ['run.json', join('postgres', 'postmaster.pid')].filter((file) => existsSync(join(dataDir, file))),
      ).toEqual([]);
    },
    120_000,
  );

  it('says what is wrong with a setting by name, and does not start', async () => {
    const { code, output } = await run([join(root, 'services/standalone/dist/main.js')], {
      DATA_DIR: dataDir,
      PORT: 'eighty',
    });
    expect(code).not.toBe(0);
    expect(output).toContain('PORT');
    expect(output).not.toContain('eighty');
  });
});

describe('npm start', () => {
  it('refuses a second process on the same data, and a port that was asked for and is taken', async () => {
    const platform = await Platform.start({ ENGINES: 'sandbox' });
    try {
      const second = await run([join(root, 'services/standalone/dist/main.js')], { DATA_DIR: platform.dataDir });
      expect([second.code === 0, second.output]).toEqual([false, expect.stringContaining('in use by process')]);
      const other = mkdtempSync(join(tmpdir(), 'usv-taken-'));
      const taken = await run([join(root, 'services/standalone/dist/main.js')], {
        DATA_DIR: other,
        PORT: new URL(platform.credentials.api_url).port,
      });
      expect([taken.code === 0, taken.output]).toEqual([false, expect.stringContaining('PORT')]);
      rmSync(other, { recursive: true, force: true });
    } finally {
      await platform.dispose();
    }
  }, 60_000);

  it('keeps all data over an unclean end', async () => {
    const platform = await Platform.start({ ENGINES: 'sandbox' });
    try {
      const { body } = await Customer.test(platform).create({ prompt: 'kept', resolution: '480p', duration: 1 });
      await platform.kill();
      await platform.start();
      expect((await Customer.test(platform).ended(body.id)).status).toBe('completed');
    } finally {
      await platform.dispose();
    }
  }, 90_000);
});
