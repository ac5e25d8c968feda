import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually, freePort } from '@usvideo/testing';

const main = join(__dirname, '..', '..', 'services', 'gateway', 'dist', 'main.js');
const TOKEN = 'a-token-that-nobody-must-ever-read';

/** The gateway stands for all services here: it needs no database and comes up alone. */
describe('a service that is a process of its own', () => {
  let dataDir: string;
  let operations: string;
  let child: ChildProcess;
  let output: Promise<string>;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'usv-service-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true }));
  afterEach(() => {
    child.kill('SIGKILL');
  });

  function run(settings: Record<string, string>): void {
    child = spawn(process.execPath, [main], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...settings },
    });
    output = Promise.all([text(child.stdout!), text(child.stderr!)]).then((parts) => parts.join(''));
  }

  async function serve(settings: Record<string, string> = {}): Promise<void> {
    const nobody = `127.0.0.1:${await freePort()}`;
    const port = await freePort();
    operations = `http://127.0.0.1:${port}`;
    run({
      PORT: '0',
      ADMIN_PORT: '0',
      OPS_PORT: String(port),
      OPS_HOST: '127.0.0.1',
      HOST: '127.0.0.1',
      ADMIN_TOKEN: TOKEN,
      LINK_SECRET: TOKEN,
      DATA_DIR: dataDir,
      PUBLIC_URL: 'http://127.0.0.1',
      ACCOUNTS_GRPC_URL: nobody,
      LEDGER_GRPC_URL: nobody,
      SCHEDULER_GRPC_URL: nobody,
      WEBHOOKS_GRPC_URL: nobody,
      ...settings,
    });
    await eventually(async () => (await fetch(`${operations}/healthz`)).ok, {
      what: 'the process to be healthy',
      deadlineMs: 20_000,
    });
  }
  const exit = async () => (child.exitCode ?? (await once(child, 'exit'))[0]) as number | null;

  it('tells all faults of its settings at once, and no value', async () => {
    run({ PORT: 'eighty', ADMIN_TOKEN: TOKEN, LOG_LEVEL: 'loud', PUBLIC_URL: 'nowhere' });
    expect(await exit()).toBe(1);
    const said = await output;
    expect(
      ['PORT', 'LOG_LEVEL', 'PUBLIC_URL', 'LINK_SECRET: is required'].filter((fault) => !said.includes(fault)),
    ).toEqual([]);
    expect(said).not.toMatch(new RegExp(`eighty|nowhere|${TOKEN}`));
  });

  it('is healthy and not ready while nobody it calls was ever reached, and says who is missing', async () => {
    await serve();
    await eventually(
      async () => {
        const answer = await fetch(`${operations}/readyz`);
        const { parts } = (await answer.json()) as { parts: Record<string, boolean> };
        return answer.status === 503 && parts.ledger === false;
      },
      { what: 'the missing parts to be named' },
    );
    expect(await (await fetch(`${operations}/metrics`)).text()).toContain('# TYPE usvideo_http_requests_total counter');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops politely on %s', async (signal) => {
    await serve();
    child.kill(signal);
    expect(await exit()).toBe(0);
    const lines = (await output)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    // In between, work under way may say that there was nobody to ask.
    expect([lines.filter((line) => line.startsWith('stop')), lines.at(-1)]).toEqual([
      ['stopping', 'stopped'],
      'stopped',
    ]);
  });

  it('takes signals that arrive together for one request', async () => {
    await serve({ STOP_WITH_STDIN: 'true' });
    child.kill('SIGTERM');
    child.kill('SIGINT');
    child.stdin!.end();
    expect(await exit()).toBe(0);
    expect(await output).toMatch(/"msg":"stopped"}\n$/);
  });

  it('stops when its standard input ends, if it was told to', async () => {
    await serve({ STOP_WITH_STDIN: 'true' });
    child.stdin!.end();
    expect(await exit()).toBe(0);
  });

  it('says so and ends when its port is taken', async () => {
    await serve();
    const first = child;
    run({
      PORT: '0',
      ADMIN_PORT: '0',
      OPS_PORT: new URL(operations).port,
      OPS_HOST: '127.0.0.1',
      ADMIN_TOKEN: TOKEN,
      LINK_SECRET: TOKEN,
      DATA_DIR: dataDir,
      PUBLIC_URL: 'http://127.0.0.1',
      ACCOUNTS_GRPC_URL: 'a:1',
      LEDGER_GRPC_URL: 'a:1',
      SCHEDULER_GRPC_URL: 'a:1',
      WEBHOOKS_GRPC_URL: 'a:1',
    });
    expect(await exit()).toBe(1);
    expect(await output).toContain('EADDRINUSE');
    first.kill('SIGKILL');
  });
});
