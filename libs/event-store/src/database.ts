import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { within } from '@usvideo/runtime';
import pg from 'pg';

export type Database = pg.Pool;

/** One open transaction. Statements with a name are prepared once per connection. */
export interface Transaction {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: { name: string; text: string; values?: unknown[] } | string,
  ): Promise<pg.QueryResult<Row>>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Holds the URL, too. Each connection shows the password that is in it then; where it is missing, that of `url`. */
  readonly urlFile?: string | undefined;
  /** Connections at most. */
  readonly poolSize: number;
  readonly applicationName: string;
  /** A statement that is not answered for so long breaks its connection; 35 s unless told, a little more than the server gives it. */
  readonly answerMaxMs?: number;
}

/** The clock by which a database's own times were stored: ages of them are told by no other. */
export async function databaseNow(database: Database): Promise<Date> {
  const {
    rows: [clock],
  } = await database.query<{ now: Date }>({ name: 'clock_read', text: 'select clock_timestamp() as now' });
  return clock!.now;
}

const INT8 = 20;

/** `int8` is always a `bigint` here: money and sequences never meet a floating-point number. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return (text: string) => BigInt(text);
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

/**
 * Of disks without a moving head, and of tables in memory. At the standard 4, PostgreSQL reads thousands of accounts from end to
 * end for the twenty of a batch instead of asking their index.
 */
const SESSION = '-c random_page_cost=1.1';

/**
 * Opens a pool. Statements that a transaction issues without awaiting each other go out together and run in their order: one
 * round trip for a group. Idle connections that break are dropped and reopened by the next query.
 */
export function openDatabase(options: DatabaseOptions, onIdleError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName,
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    // For a connection that was lost without a word: the kernel would wait a quarter of an hour.
    query_timeout: options.answerMaxMs ?? 35_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    options: SESSION,
    types,
    ...(options.urlFile !== undefined && { Client: clientThatReads(options.urlFile) }),
  });
  pool.on('error', onIdleError);
  pool.on('connect', gatherWrites);
  return pool;
}

function clientThatReads(urlFile: string): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const given = this.password;
      Object.assign(this, { password: async () => (await passwordIn(urlFile)) ?? given });
    }
  };
}

async function passwordIn(urlFile: string): Promise<string | undefined> {
  try {
    return decodeURIComponent(new URL((await readFile(urlFile, 'utf8')).trim()).password);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error('DATABASE_URL_FILE: the file cannot be read as a URL', { cause: error });
  }
}

/** Statements that are issued in one turn leave in one write: the write costs as much as what it carries. */
function gatherWrites(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    stream.cork();
    process.nextTick(() => stream.uncork());
    return query(...args);
  }) as typeof client.query;
}

const ANSWER_WITHIN_MS = 2_000;

/** Whether the database answers; a pool that is busy for longer than two seconds counts as one that does not. */
export async function isAnswering(database: Database): Promise<boolean> {
  return within(ANSWER_WITHIN_MS, database.query('select 1')).then(
    () => true,
    () => false,
  );
}
