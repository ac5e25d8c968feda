import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import pg from 'pg';
import {
  giveTo,
  reachableBinaries,
  reachableDirectory,
  serverAccount,
  type Account,
} from './embedded-postgres-account';
import { WATCHDOG, releaseDataDirectory } from './embedded-postgres-orphan';
import { sendSignal } from './processes';

export interface EmbeddedPostgresOptions {
  /** Made and initialised when it is missing or empty; otherwise its data is served. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** False turns fsync off: for tests only. */
  readonly durable: boolean;
  /** Deletes the data directory once the server has stopped, also when its owner was killed. For tests only. */
  readonly disposable?: boolean;
  /** What the server says is added to it: errors by their message alone, because the rest may quote a customer's data. */
  readonly logFile?: string;
  /** How long an instance that may just be stopping keeps this one waiting before it counts as running; 15 s unless told. */
  readonly ownerGoneMs?: number;
}

export interface EmbeddedPostgres {
  /** Of the server process itself. */
  readonly pid: number;
  readonly port: number;
  /** Resolves when the server process has ended, wanted or not. */
  readonly exited: Promise<void>;
  url(database: string): string;
  /** Makes the database unless it exists. */
  createDatabase(name: string): Promise<void>;
  /** Fast shutdown; resolves when the process has ended. */
  stop(): Promise<void>;
}

const START_MS = 60_000;
const STOP_MS = 30_000;
const PASSWORD_FILE = 'owner_password';

/**
 * The server must never outlive its owner, not even one killed with -9, and must not hear the terminal's Ctrl-C, because the
 * services above it stop first. So it runs in its own session under a shell that waits for the end of the owner's pipe.
 */
const WATCHDOG_SCRIPT = `
exec 3<&0
"$@" 3<&- & server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null & guard=$!
wait $server; code=$?
kill $guard 2>/dev/null
[ -z "$DELETE_WHEN_STOPPED" ] || rm -rf "$DELETE_WHEN_STOPPED"
exit $code`;

/**
 * Starts the PostgreSQL server that npm brought, on 127.0.0.1 and under a password kept in the data directory.
 * @throws when the directory belongs to an instance that is still running, or the server does not come up; the message ends
 * with what the server wrote.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = await serverAccount();
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  await giveTo(account, options.dataDir);
  await chmod(options.dataDir, 0o700);
  await releaseDataDirectory(options.dataDir, options.ownerGoneMs ?? 15_000);
  const binaries = await reachableBinaries(account);
  if (!(await exists(join(options.dataDir, 'PG_VERSION')))) await initialise(binaries, options, account);
  const password = (await readFile(join(options.dataDir, PASSWORD_FILE), 'utf8')).trim();
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    try {
      return await launch({ ...options, port, binaries, password, account });
    } catch (error) {
      // Somebody may have taken the free port between looking and binding.
      if (options.port !== 0 || attempt === 3 || !/could not bind/.test(String(error))) throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The built-in locale gives the same order on every machine, whichever locales it has. */
async function initialise(
  binaries: string,
  options: EmbeddedPostgresOptions,
  account: Account | undefined,
): Promise<void> {
  const place = await reachableDirectory(options.dataDir, account);
  const password = `${randomBytes(24).toString('base64url')}\n`;
  // initdb wants an empty directory and a file to read the password from.
  const folder = await mkdtemp(join(tmpdir(), 'usvideo-initdb-'));
  try {
    await writeFile(join(folder, 'password'), password, { mode: 0o600 });
    await giveTo(account, folder);
    await runInitdb(
      join(binaries, 'initdb'),
      [
        '-D',
        place.path,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${join(folder, 'password')}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...account, cwd: place.cwd },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile(join(options.dataDir, PASSWORD_FILE), password, { mode: 0o600 });
  await giveTo(account, join(options.dataDir, PASSWORD_FILE));
}

async function runInitdb(initdb: string, args: string[], options: SpawnOptions): Promise<void> {
  const child = spawn(initdb, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
  });
  const output = tail(child);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${output()}`);
}

interface Launch extends EmbeddedPostgresOptions {
  readonly binaries: string;
  readonly password: string;
  readonly account: Account | undefined;
}

async function launch(launch: Launch): Promise<EmbeddedPostgres> {
  const place = await reachableDirectory(launch.dataDir, launch.account);
  // A log file that is used again costs no commit the time to make one.
  const durability = launch.durable
    ? ['-c', 'min_wal_size=1GB']
    : ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      WATCHDOG_SCRIPT,
      WATCHDOG,
      join(launch.binaries, 'postgres'),
      '-D',
      place.path,
      '-p',
      String(launch.port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=200',
      '-c',
      'log_error_verbosity=terse',
      '-c',
      'log_min_error_statement=panic',
      '-c',
      'log_line_prefix=%m [%p] %d ',
      ...durability,
    ],
    {
      ...launch.account,
      cwd: place.cwd,
      detached: true,
      env: {
        LC_ALL: 'C',
        TZ: 'UTC',
        PATH: '/usr/bin:/bin',
        ...(launch.disposable ? { DELETE_WHEN_STOPPED: launch.dataDir } : {}),
      },
    },
  );
  if (launch.logFile !== undefined) keepLog(child.stderr, launch.logFile);
  const exited = once(child, 'exit').then(() => {
    child.stdin.destroy();
  });
  await ready(child);
  const pid = Number((await readFile(join(launch.dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const url = (database: string) =>
    `postgresql://postgres:${launch.password}@127.0.0.1:${launch.port}/${encodeURIComponent(database)}`;
  return {
    pid,
    port: launch.port,
    exited,
    url,
    createDatabase: (name) => createDatabase(url('postgres'), name),
    stop: () => stop(child, pid, exited),
  };
}

/** A full disk takes no log; the server goes on without. */
function keepLog(output: Readable, file: string): void {
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 });
  log.once('error', () => output.unpipe(log).resume());
  output.pipe(log);
}

/** The last 4 KB that the process wrote. */
function tail(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4096);
    });
  return () => text;
}

function ready(child: ChildProcess): Promise<void> {
  const output = tail(child);
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      child.stdin?.destroy();
      reject(new Error(`PostgreSQL ${what}: ${output()}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${START_MS / 1000} s`), START_MS);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`could not be started (${error.message})`);
    });
    // 'close' comes after the last output, so the reason is in the message.
    child.once('close', () => {
      clearTimeout(timer);
      fail('ended while starting');
    });
    child.stderr?.on('data', () => {
      if (!output().includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    const duplicate = ['42P04', '23505'].includes((error as { code: string }).code);
    if (!duplicate) throw error;
  } finally {
    await client.end();
  }
}

async function stop(child: ChildProcess, pid: number, exited: Promise<void>): Promise<void> {
  child.stdin?.end();
  // An immediate shutdown loses nothing that was committed: the next start recovers.
  const impatient = setTimeout(() => sendSignal(pid, 'SIGQUIT'), STOP_MS);
  await exited;
  clearTimeout(impatient);
}
