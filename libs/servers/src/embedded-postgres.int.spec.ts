import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import pg from 'pg';
import { eventually } from '@usvideo/testing';
import { giveTo } from './embedded-postgres-account';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
import { isAlive } from './processes';

const asRoot = process.getuid!() === 0;
let home: string;
let running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'usvideo-embedded-')));
  // Only the caller may enter: what /root is like.
  await chmod(home, 0o700);
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
  await rm(home, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: join(home, 'data'), port: 0, durable: false, ...options });
  running.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, database: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url(database) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('it serves from a folder that only the caller may enter, never as root, under a password', async () => {
  const server = await start();
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  expect(/^Uid:\s+(\d+)/m.exec(status)![1]).not.toBe('0');
  expect(await query(server, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
  const noPassword = new pg.Client({ connectionString: server.url('postgres').replace(/:[^:@]+@/, ':wrong@') });
  await expect(noPassword.connect()).rejects.toThrow(/password authentication failed/);
  expect((await stat(join(home, 'data'))).mode & 0o777).toBe(0o700);
});

test('its log tells what went wrong, and nothing of the data that it went wrong with', async () => {
  const logFile = join(home, 'postgres.log');
  const server = await start({ logFile });
  await query(server, 'postgres', 'create table t (prompt text primary key)');
  await query(server, 'postgres', `insert into t values ('a calm sea')`);
  await expect(query(server, 'postgres', `insert into t values ('a calm sea')`)).rejects.toThrow('duplicate key');
  await eventually(async () => (await readFile(logFile, 'utf8')).includes('duplicate key value violates'), {
    what: 'the fault to be logged',
  });
  const log = await readFile(logFile, 'utf8');
  expect(log).toContain('ready to accept connections');
  expect(log).not.toContain('a calm sea');
  expect((await stat(logFile)).mode & 0o777).toBe(0o600);
});

test('data outlives stop and start; making a database twice is harmless; stopping twice too', async () => {
  const first = await start();
  await first.createDatabase('ledger');
  await first.createDatabase('ledger');
  await query(first, 'ledger', 'create table kept as select 42 as value');
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();
  await first.exited;
  const second = await start();
  expect(await query(second, 'ledger', 'select value from kept')).toEqual([{ value: 42 }]);
});

test('a server killed with -9 is recovered by the next start', async () => {
  const first = await start({ durable: true });
  await query(first, 'postgres', 'create table kept as select 42 as value');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await start();
  expect(await query(second, 'postgres', 'select value from kept')).toEqual([{ value: 42 }]);
});

test('a pid file that names a stranger does not keep the server from starting', async () => {
  const first = await start();
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const file = join(home, 'data', 'postmaster.pid');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid)));
  const second = await start();
  expect(await query(second, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a second instance is refused the data of a running one, by name of the reason', async () => {
  const first = await start();
  await expect(start({ ownerGoneMs: 200 })).rejects.toThrow(
    `is in use by a running instance (its PostgreSQL is process ${first.pid})`,
  );
  expect(await query(first, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a server that lost its owner and its watchdog is stopped by the next start', async () => {
  const first = await start();
  const watchdog = Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${first.pid}/status`, 'utf8'))![1]);
  process.kill(watchdog, 'SIGKILL');
  await first.exited;
  expect(isAlive(first.pid)).toBe(true);
  const second = await start();
  expect(second.pid).not.toBe(first.pid);
  expect(await query(second, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('when the owner is killed with -9 its server ends, and the same folder starts at once', async () => {
  const { owner, pid } = await startInAnotherProcess({ dataDir: join(home, 'data'), port: 0, durable: false });
  owner.kill('SIGKILL');
  const second = await start();
  expect(second.pid).not.toBe(pid);
  expect(await query(second, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a disposable server takes its data along, also when its owner is killed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'usvideo-embedded-'));
  const { owner } = await startInAnotherProcess({ dataDir, port: 0, durable: false, disposable: true });
  owner.kill('SIGKILL');
  await eventually(
    () =>
      stat(dataDir).then(
        () => false,
        () => true,
      ),
    { what: 'the data directory is gone' },
  );
});

test('a taken port is told by name', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await expect(start({ port })).rejects.toThrow(/could not bind .*Address already in use/s);
  taken.close();
});

if (asRoot) {
  test('data left by a normal user is taken over by root', async () => {
    const first = await start();
    await query(first, 'postgres', 'create table kept as select 42 as value');
    await first.stop();
    await giveTo({ uid: 0, gid: 0 }, join(home, 'data'));
    const second = await start();
    expect(await query(second, 'postgres', 'select value from kept')).toEqual([{ value: 42 }]);
  });
}

/** A process of its own that starts a server and then does nothing. */
async function startInAnotherProcess(options: EmbeddedPostgresOptions): Promise<{ owner: ChildProcess; pid: number }> {
  await mkdir(join(home, 'program'));
  for (const name of ['embedded-postgres', 'embedded-postgres-account', 'embedded-postgres-orphan', 'processes']) {
    const { code } = await transformFile(join(__dirname, `${name}.ts`), {
      configFile: join(__dirname, '../../../.swcrc'),
      sourceMaps: false,
    });
    await writeFile(join(home, 'program', `${name}.js`), code);
  }
  const script = `require('./embedded-postgres').startEmbeddedPostgres(${JSON.stringify(options)}).then(({ pid }) => console.log(pid))`;
  const owner = spawn(process.execPath, ['-e', script], {
    cwd: join(home, 'program'),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: join(__dirname, '../../../node_modules') },
  });
  const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
  return { owner, pid: Number(line.toString()) };
}
