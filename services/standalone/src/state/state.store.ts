import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireWritableFolder } from '@usvideo/runtime';
import { type HeldLock, lockFile } from './data-lock.process';

/** What the platform needs to keep secret between two starts. Each can be set from outside instead. */
export interface Secrets {
  readonly adminToken: string;
  readonly linkSecret: string;
  /** 32 bytes, base64. */
  readonly secretsKey: string;
  /** 32 bytes, base64. */
  readonly ledgerSigningKey: string;
}

/** `.data/credentials.json`: everything a newcomer needs to call the API, written once at the first start. */
export interface Credentials {
  readonly api_url: string;
  readonly live_key: string;
  readonly test_key: string;
  readonly webhook_secret: string;
  readonly admin_url: string;
  readonly admin_token: string;
  readonly dashboard: { readonly email: string; readonly password: string };
}

/** Who has the lock, for people; the lock itself is the kernel's. */
interface Holder {
  readonly pid: number;
}

export interface LockOptions {
  /** How long a predecessor that is going is waited for. */
  readonly waitMs?: number;
  readonly announce: (step: string) => void;
}

const PREDECESSOR_MS = 10_000;

/** The files under `DATA_DIR`. All are readable by their owner only, and replaced whole or not at all. */
export class StateDirectory {
  private held: HeldLock | undefined;

  /** @throws ConfigError when nothing can be written there */
  constructor(readonly path: string) {
    requireWritableFolder('DATA_DIR', path);
  }

  /** @throws when another process serves from this directory, and still does after the wait */
  async lock({ announce, waitMs = PREDECESSOR_MS }: LockOptions): Promise<void> {
    this.held = await lockFile(this.file('run.lock'), 0);
    if (this.held === undefined && waitMs > 0) {
      announce(`Waiting for whoever has ${this.path}, for ${waitMs / 1_000} seconds at most`);
      this.held = await lockFile(this.file('run.lock'), waitMs);
    }
    if (this.held === undefined) {
      const by = this.read<Holder>('run.json')?.pid;
      throw new Error(
        `${this.path} is in use by ${by === undefined ? 'another process' : `process ${by}`}: stop it first, or set DATA_DIR to another folder`,
      );
    }
    this.write('run.json', { pid: process.pid });
  }

  unlock(): void {
    rmSync(join(this.path, 'run.json'), { force: true });
    this.held?.release();
    this.held = undefined;
  }

  secrets(): Secrets {
    const kept = this.read<Partial<Secrets>>('secrets.json');
    const made: Secrets = {
      adminToken: `usv_admin_${randomBytes(24).toString('base64url')}`,
      linkSecret: randomBytes(32).toString('base64url'),
      secretsKey: randomBytes(32).toString('base64'),
      ledgerSigningKey: randomBytes(32).toString('base64'),
    };
    // A directory of an earlier version lacks the newer ones.
    const all = { ...made, ...kept };
    if (Object.keys(all).length !== Object.keys(kept ?? {}).length) this.write('secrets.json', all);
    return all;
  }

  credentials(): Credentials | undefined {
    return this.read<Credentials>('credentials.json');
  }

  saveCredentials(credentials: Credentials): void {
    this.write('credentials.json', credentials);
  }

  /** `cluster.json`: what runs as which process. */
  saveProcesses(processes: readonly object[]): void {
    this.write('cluster.json', processes);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  private read<T>(name: string): T | undefined {
    const file = this.file(name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
  }

  private write(name: string, value: unknown): void {
    const file = this.file(name);
    writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  }
}
