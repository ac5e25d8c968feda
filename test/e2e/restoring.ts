import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import pg from 'pg';
import type { Cluster } from './platform';

const root = join(__dirname, '..', '..');

const runbook = readFileSync(join(root, 'docs', 'runbooks', 'restore.md'), 'utf8');

/** What the runbook has typed into psql, one list for each line; the roles are those of containers. */
const statements = [...runbook.matchAll(/ psql((?: -c '[^']+')+)/g)].map(([, given = '']) =>
  [...given.matchAll(/'([^']+)'/g)].map(([, statement = '']) => statement.replace(/ owner \w+$/, '')),
);

/** What the runbook asks of the admin port, in its order. */
export const runbookRequests = [...runbook.matchAll(/^ *curl (.*?)"?http:\/\/localhost:8082([^\s"]+)/gm)].map(
  ([, options = '', path = '']) => ({ method: options.includes('-X POST') ? 'POST' : 'GET', path }),
);

export const PUBLISHERS = ['accounts', 'ledger', 'scheduler'] as const;
export type PublisherName = (typeof PUBLISHERS)[number];

/** What `docs/runbooks/restore.md` does to the database of one service of a cluster, as it is written there, with a copy on the server for a backup. */
export class Restoring {
  constructor(
    private readonly cluster: Cluster,
    readonly service: PublisherName | 'webhooks',
  ) {}

  /** The service is away for a moment. */
  async backUp(): Promise<void> {
    await this.cluster.type(`stop ${this.service}`);
    await this.execute(statements[0]);
    await this.cluster.type(`start ${this.service}`);
    await this.cluster.serving(this.service);
  }

  /** The service is stopped afterwards. */
  async bringBack(): Promise<void> {
    await this.cluster.type(`stop ${this.service}`);
    await this.execute(statements[1]);
  }

  async start(): Promise<void> {
    await this.cluster.type(`start ${this.service}`);
    await this.cluster.serving(this.service);
  }

  /** The command that follows, with what the runbook writes behind it the first time and the second. */
  command(time: 'first' | 'second'): Promise<{ code: number; output: string }> {
    const args = [...runbook.matchAll(/service\/dist\/restore\.js(.*)$/gm)].map(([, given = '']) =>
      given
        .trim()
        .split(' ')
        .filter((arg) => arg !== ''),
    )[time === 'first' ? 0 : 1];
    if (args === undefined) throw new Error(`the runbook does not say how to restore the ${time} time`);
    const main = join(root, 'services', this.service, 'dist', 'restore.js');
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: this.cluster.databaseUrl(this.service),
      KAFKA_BROKERS: this.cluster.part('kafka').address,
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }

  /** Neither copies nor drops a database to which somebody is connected. */
  private async execute(given: readonly string[] = []): Promise<void> {
    if (given.length === 0) throw new Error('the runbook does not say what to type into psql');
    const client = new pg.Client({ connectionString: this.cluster.databaseUrl('postgres') });
    await client.connect();
    try {
      const alone = async () =>
        (await client.query('select from pg_stat_activity where datname = $1', [this.service])).rowCount === 0;
      await eventually(alone, { what: `nobody to be connected to ${this.service}`, deadlineMs: 30_000 });
      for (const statement of given) await client.query(statement.replaceAll('scheduler', this.service));
    } finally {
      await client.end();
    }
  }
}
