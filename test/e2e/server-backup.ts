import { execFile } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@usvideo/testing';
import pg from 'pg';
import type { Cluster } from './platform';

/** What belongs to a running server, and not to a copy of it. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts'];

/** The whole PostgreSQL of a cluster: its write-ahead log is archived, it is copied while it runs, and brought back as of a moment. */
export class ServerBackup {
  private readonly folder = mkdtempSync(join(tmpdir(), 'usv-backup-'));
  private copies = 0;

  constructor(private readonly cluster: Cluster) {
    // The server may run under an account of its own.
    chmodSync(this.folder, 0o777);
  }

  /** The server starts again for it. */
  async archiveFromHereOn(): Promise<void> {
    await this.cluster.ask('postgres', 'alter system set archive_mode = on');
    await this.cluster.ask('postgres', `alter system set archive_command = 'cp %p ${this.folder}/%f'`);
    await this.cluster.stopPart('postgres');
    await this.cluster.startPart('postgres');
  }

  /** A base backup of the running server. */
  async copy(): Promise<void> {
    const client = new pg.Client({ connectionString: this.cluster.databaseUrl('postgres') });
    await client.connect();
    try {
      await client.query(`select pg_backup_start('drill', true)`);
      this.copies += 1;
      await copyRunning(this.cluster.inState('postgres'), this.base);
      const {
        rows: [label],
      } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      give(this.base, 'backup_label', label!.labelfile);
    } finally {
      await client.end();
    }
    for (const file of NOT_COPIED) rmSync(join(this.base, file), { force: true });
    for (const file of readdirSync(join(this.base, 'pg_wal'), { withFileTypes: true }))
      if (file.isFile()) rmSync(join(this.base, 'pg_wal', file.name));
  }

  /** All that was committed so far is in the archive from here on. @param moment a name for it */
  async mark(moment: string): Promise<void> {
    await this.cluster.ask('postgres', `select pg_create_restore_point('${moment}')`);
    const segment = await this.cluster.ask('postgres', 'select pg_walfile_name(pg_switch_wal())');
    await eventually(() => existsSync(join(this.folder, segment)), {
      what: `${segment} to be archived`,
      deadlineMs: 30_000,
    });
  }

  /** Nothing more reaches the archive: whoever follows it lags behind from here on. */
  async cutOff(): Promise<void> {
    await this.cluster.ask('postgres', `alter system set archive_command = 'false'`);
    await this.cluster.ask('postgres', 'select pg_reload_conf()');
  }

  /** The server must be stopped, and serves what the copy and the archive have. @param moment up to which; all of the archive unless told */
  async bringBack(moment = ''): Promise<void> {
    const place = this.cluster.inState('postgres');
    renameSync(place, `${place}.lost-${this.copies}`);
    await promisify(execFile)('cp', ['-a', this.base, place]);
    give(place, 'recovery.signal', '');
    const settings = {
      restore_command: `cp ${this.folder}/%f %p`,
      recovery_target_name: moment,
      recovery_target_action: 'promote',
      archive_command: 'true',
    };
    appendFileSync(
      join(place, 'postgresql.auto.conf'),
      Object.entries(settings)
        .map(([name, value]) => `${name} = '${value}'\n`)
        .join(''),
    );
    await this.cluster.startPart('postgres');
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get base(): string {
    return join(this.folder, `base-${this.copies}`);
  }
}

/** A file that belongs to whom the folder belongs to. */
function give(folder: string, name: string, text: string): void {
  const { uid, gid } = statSync(folder);
  writeFileSync(join(folder, name), text);
  chownSync(join(folder, name), uid, gid);
}

/** Of a server that goes on: a file of it may be gone before it is copied, which the archive makes good. */
async function copyRunning(from: string, to: string): Promise<void> {
  try {
    await promisify(execFile)('cp', ['-a', from, to], { env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const others = stderr.split('\n').filter((line) => line !== '' && !line.endsWith('No such file or directory'));
    if (stderr === '' || others.length > 0) throw error;
  }
}
