import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '@usvideo/servers';

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

interface RunLock { readonly pid: number; readonly apiUrl?: string }

/** The files under `DATA_DIR`. All are readable by their owner only, and replaced whole or not at all. */
export class StateDirectory {
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true });
  }

  /** @throws when another living process serves from this directory. */
  lock(pid: number): void {
    const held = this.read<RunLock>('run.json');
    if (held && held.pid !== pid && isAlive(held.pid)) {
      throw new Error(`${this.path} is in use by process ${held.pid}: stop it first, or set DATA_DIR to another folder`);
    }
    this.write('run.json', { pid });
  }

  unlock(): void {
    rmSync(join(this.path, 'run.json'), { force: true });
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
