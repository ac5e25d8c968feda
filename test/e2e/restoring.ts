import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import pg from 'pg';
import type { Cluster } from './platform';

const root = join(__dirname, '..', '..');

export const PUBLISHERS = ['accounts', 'ledger', 'scheduler'] as const;
export type PublisherName = (typeof PUBLISHERS)[number];

/** What `docs/runbooks/restore.md` does to the database of one service of a cluster, with a copy on the server for a backup. */
export class Restoring {
  constructor(private readonly cluster: Cluster, readonly service: PublisherName) {}

  /** The service is away for a moment. */
  async backUp(): Promise<void> {
    await this.cluster.type(`stop ${this.service}`);
    await this.execute(`create database ${this.service}_backup template ${this.service}`);
    await this.cluster.type(`start ${this.service}`);
    await this.cluster.serving(this.service);
  }

  /** The service is stopped afterwards. */
  async bringBack(): Promise<void> {
    await this.cluster.type(`stop ${this.service}`);
    await this.execute(`drop database ${this.service}`);
    await this.execute(`create database ${this.service} template ${this.service}_backup`);
  }

  async start(): Promise<void> {
    await this.cluster.type(`start ${this.service}`);
    await this.cluster.serving(this.service);
  }

  /** The command that follows. */
  command(...args: string[]): Promise<{ code: number; output: string }> {
    const main = join(root, 'services', this.service, 'dist', 'restore.js');
    const env = { PATH: process.env.PATH, DATABASE_URL: this.cluster.databaseUrl(this.service), KAFKA_BROKERS: this.cluster.part('kafka').address };
    return new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }));
    });
  }

  /** Neither copies nor drops a database to which somebody is connected. */
  private async execute(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.cluster.databaseUrl('postgres') });
    await client.connect();
    try {
      const alone = async () => (await client.query('select from pg_stat_activity where datname = $1', [this.service])).rowCount === 0;
      await eventually(alone, { what: `nobody to be connected to ${this.service}`, deadlineMs: 30_000 });
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
