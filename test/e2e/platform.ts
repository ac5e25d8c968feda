import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';

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

/** The built product as its own process, as a customer's operator runs it. Only its public doors are used. */
export class Platform {
  private child: ChildProcess | undefined;

  private constructor(readonly dataDir: string, private readonly environment: Record<string, string>) {}

  static async start(environment: Record<string, string> = {}): Promise<Platform> {
    const platform = new Platform(mkdtempSync(join(tmpdir(), 'usv-e2e-')), environment);
    await platform.start();
    return platform;
  }

  get credentials(): Credentials {
    return JSON.parse(readFileSync(join(this.dataDir, 'credentials.json'), 'utf8')) as Credentials;
  }

  /** Everything the process wrote, for the message of a failed test. */
  get log(): string {
    const file = join(this.dataDir, 'platform.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async start(): Promise<void> {
    const log = openSync(join(this.dataDir, 'platform.log'), 'a');
    const already = this.log.length;
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'services/standalone/dist/main.js')], {
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', OPS_PORT: '0', ADMIN_PORT: '0', OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8', ...this.environment, DATA_DIR: this.dataDir },
    });
    this.child = child;
    await eventually(() => child.exitCode !== null || this.log.slice(already).includes('serving'), { deadlineMs: 60_000, what: 'the platform to serve' });
    if (child.exitCode !== null) throw new Error(`the platform ended with ${child.exitCode}:\n${this.log.slice(already).slice(-4000)}`);
  }

  get pid(): number {
    return this.child!.pid!;
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
    await eventually(async () => {
      rmSync(this.dataDir, { recursive: true, force: true });
      return !existsSync(this.dataDir);
    }, { deadlineMs: 20_000, what: 'the data directory to be free' });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
