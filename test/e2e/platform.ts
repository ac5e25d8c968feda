import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import { isRunning } from './processes';

const root = join(__dirname, '..', '..');

export interface Credentials {
  readonly api_url: string;
  readonly live_key: string;
  readonly test_key: string;
  readonly webhook_secret: string;
  readonly admin_url: string;
  readonly admin_token: string;
  readonly dashboard: { readonly email: string; readonly password: string };
}

/** The product as its customers and operators see it, however it runs. */
export interface ServedPlatform {
  readonly credentials: Pick<Credentials, 'api_url' | 'admin_url' | 'admin_token'>;
  /** A server of a customer that its webhooks reach. */
  receiver(): Promise<HttpReceiver>;
}

/** A platform whose artifact store can be taken away and brought back. */
export interface StoredPlatform extends ServedPlatform {
  /** Puts a file in the place of the artifact store. */
  takeStoreAway(): Promise<void>;
  bringStoreBack(): Promise<void>;
  /** What all replicas of a service wrote to their logs. */
  said(service: string): Promise<string>;
}

/** A platform of parts that can be taken away and brought back, each by its service's name, or `kafka`, or `postgres`. */
export interface BreakablePlatform extends StoredPlatform {
  /** Stops all replicas of it; resolves once they have ended. */
  stopPart(name: string): Promise<void>;
  /** Resolves once all replicas of it serve. */
  startPart(name: string): Promise<void>;
  /** The first figure that a statement answers on the database of a service, as text; '' for none. */
  ask(database: string, statement: string): Promise<string>;
  partsRunning(): Promise<number>;
  /** Gives nothing time to say goodbye: `kill -9`, after which nothing may be left. */
  kill(): Promise<void>;
  /** Again after a kill, on the same data; resolves once it serves. */
  start(): Promise<void>;
}

/** A way to run the built product. */
interface Target {
  readonly entry: string;
  readonly args: readonly string[];
  /** What it says once it can be called. */
  readonly serving: string;
  /** Its folder under DATA_DIR. */
  readonly stateDir: string;
}

const TARGETS = {
  'one process': { entry: 'main.js', args: [], serving: 'serving; keys', stateDir: '.' },
  cluster: {
    entry: 'cluster.js',
    args: ['--stop-with-parent'],
    serving: 'The cluster is serving',
    stateDir: 'cluster',
  },
} as const satisfies Record<string, Target>;

const START_WITHIN_MS = 120_000;

/** The built product as its own process, as a customer's operator runs it. Only its public doors are used. */
export class Platform implements StoredPlatform {
  protected child: ChildProcess | undefined;

  protected constructor(
    readonly dataDir: string,
    private readonly environment: Record<string, string>,
    private readonly target: Target,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Platform> {
    const platform = new Platform(newDataDir(), environment, TARGETS['one process']);
    await platform.start();
    return platform;
  }

  get credentials(): Credentials {
    return JSON.parse(readFileSync(this.inState('credentials.json'), 'utf8')) as Credentials;
  }

  /** Everything the process wrote, for the message of a failed test. */
  get log(): string {
    const file = join(this.dataDir, 'platform.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async start(): Promise<void> {
    await this.launchUntil(this.target.serving, START_WITHIN_MS);
  }

  /** Starts it and waits for something that it says on its way. */
  async launchUntil(said: string, deadlineMs: number): Promise<void> {
    const log = openSync(join(this.dataDir, 'platform.log'), 'a');
    const already = this.log.length;
    const { entry, args } = this.target;
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', join(root, 'services/standalone/dist', entry), ...args],
      {
        stdio: ['pipe', log, log],
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          PORT: '0',
          OPS_PORT: '0',
          ADMIN_PORT: '0',
          OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
          ...this.environment,
          DATA_DIR: this.dataDir,
        },
      },
    );
    this.child = child;
    await eventually(() => child.exitCode !== null || this.log.slice(already).includes(said), {
      deadlineMs,
      what: `the platform to say "${said}"`,
    });
    if (child.exitCode !== null)
      throw new Error(`the platform ended with ${child.exitCode}:\n${this.log.slice(already).slice(-4000)}`);
  }

  receiver(): Promise<HttpReceiver> {
    return httpReceiver();
  }

  get pid(): number {
    return this.child!.pid!;
  }

  async takeStoreAway(): Promise<void> {
    renameSync(this.inState('artifacts'), this.inState('artifacts.away'));
    writeFileSync(this.inState('artifacts'), 'not a folder');
  }

  async bringStoreBack(): Promise<void> {
    rmSync(this.inState('artifacts'));
    renameSync(this.inState('artifacts.away'), this.inState('artifacts'));
  }

  /** Here all services write to one log. */
  async said(_service: string): Promise<string> {
    return this.log;
  }

  /** The first figure that a statement answers on the database of a service, as text; '' for none. */
  async ask(database: string, statement: string): Promise<string> {
    const client = new pg.Client({ connectionString: this.databaseUrl(database) });
    await client.connect();
    try {
      return String(Object.values((await client.query<Record<string, unknown>>(statement)).rows[0] ?? {})[0] ?? '');
    } finally {
      await client.end();
    }
  }

  /** As the owner of all databases. */
  databaseUrl(database: string): string {
    const port = readFileSync(this.inState('postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
    const password = readFileSync(this.inState('postgres', 'owner_password'), 'utf8').trim();
    return `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
  }

  /** A file of what the platform keeps. */
  inState(...path: string[]): string {
    return join(this.dataDir, this.target.stateDir, ...path);
  }

  /** No time to say goodbye. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async dispose(): Promise<void> {
    await this.stop();
    await eventually(
      async () => {
        rmSync(this.dataDir, { recursive: true, force: true });
        return !existsSync(this.dataDir);
      },
      { deadlineMs: 20_000, what: 'the data directory to be free' },
    );
  }

  /** Sends the signals and answers the exit code; null when it was killed. */
  async end(...signals: NodeJS.Signals[]): Promise<number | null> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    for (const signal of signals) child.kill(signal);
    return ended;
  }
}

/** A line of `cluster.json`. */
export interface RunningPart {
  readonly name: string;
  readonly pid?: number;
  readonly address: string;
  readonly operations: string;
  readonly state: string;
  readonly restarts: number;
}

/** Every service as a process of its own; its parts can be taken away and brought back. */
export class Cluster extends Platform implements BreakablePlatform {
  static prepared(environment: Record<string, string> = {}, args: readonly string[] = []): Cluster {
    return new Cluster(newDataDir(), environment, { ...TARGETS.cluster, args: [...TARGETS.cluster.args, ...args] });
  }

  static override async start(
    environment: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<Cluster> {
    const cluster = Cluster.prepared(environment, args);
    await cluster.start();
    return cluster;
  }

  get parts(): RunningPart[] {
    return JSON.parse(readFileSync(join(this.dataDir, 'cluster', 'cluster.json'), 'utf8')) as RunningPart[];
  }

  part(name: string): RunningPart {
    const found = this.parts.find((part) => part.name === name);
    if (found === undefined) throw new Error(`${name} is not among ${this.parts.map((part) => part.name).join(', ')}`);
    return found;
  }

  logOf(name: string): string {
    return readFileSync(join(this.dataDir, 'cluster', 'logs', `${name}.log`), 'utf8');
  }

  async stopPart(name: string): Promise<void> {
    await this.type(`stop ${name}`);
  }

  async startPart(name: string): Promise<void> {
    await this.type(`start ${name}`);
    for (const part of this.partsOf(name)) await this.serving(part.name);
  }

  override async said(service: string): Promise<string> {
    return this.partsOf(service)
      .map(({ name }) => this.logOf(name))
      .join('');
  }

  async partsRunning(): Promise<number> {
    return this.parts.filter(({ pid }) => pid !== undefined && isRunning(pid)).length;
  }

  /** What all services wrote. */
  get logs(): string {
    return this.parts
      .filter(({ operations }) => operations !== '')
      .map(({ name }) => this.logOf(name))
      .join('');
  }

  /** Types a line into the terminal that the cluster was started in, waits until it was done and answers what it said. */
  async type(line: string, done = `${line}: done`): Promise<string> {
    const already = this.log.length;
    this.child!.stdin!.write(`${line}\n`);
    await eventually(() => this.log.slice(already).includes(done), {
      deadlineMs: 120_000,
      what: `"${line}" to be done`,
    });
    return this.log.slice(already);
  }

  private partsOf(service: string): RunningPart[] {
    return this.parts.filter(({ name }) => name.replace(/-\d+$/, '') === service);
  }

  async serving(name: string): Promise<RunningPart> {
    return eventually(() => (this.part(name).state === 'serving' ? this.part(name) : undefined), {
      deadlineMs: 60_000,
      what: `${name} to serve`,
    });
  }
}

function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'usv-e2e-'));
}
