import type pg from 'pg';
import type { Database, Transaction } from './database';

/** The connection was lost, or the server answered something else, while COMMIT was under way: nobody knows the outcome. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
}

/** `COMMIT` of an aborted transaction answers `ROLLBACK` without an error; this makes it one. */
export class TransactionRolledBack extends Error {
  override readonly name = 'TransactionRolledBack';
}

const RETRYABLE = new Set(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '55P03']);
const BROKEN_LINE = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOENT']);

/** Whether the same work may succeed when it is tried again: lost connections, deadlocks, serialization, restarts. */
export function isTransient(error: unknown): boolean {
  if (error instanceof CommitOutcomeUnknown || error instanceof TransactionRolledBack) return true;
  const code = (error as { code?: unknown } | undefined)?.code;
  // A numeric code is a gRPC status: not the database's.
  if (typeof code === 'string') return RETRYABLE.has(code) || code.startsWith('08') || BROKEN_LINE.has(code);
  return error instanceof Error && /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(error.message);
}

/**
 * Runs `work` in one READ COMMITTED transaction and returns its result only after a commit that the server confirmed.
 * `now` is the database's clock at the start of the transaction.
 */
export async function inTransaction<T>(database: Database, work: (tx: Transaction, now: Date) => Promise<T>): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => { broken = error; };
  client.on('error', onError);
  try {
    const opened = (await client.query('begin; select clock_timestamp() as now')) as unknown as pg.QueryResult<{ now: Date }>[];
    const result = await work(client as unknown as Transaction, opened[1]!.rows[0]!.now);
    await commit(client);
    return result;
  } catch (error) {
    if (error instanceof CommitOutcomeUnknown) broken = error;
    else await client.query('rollback').catch((failed: Error) => { broken = failed; });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string;
  try {
    command = (await client.query('commit')).command;
  } catch (error) {
    throw new CommitOutcomeUnknown('the connection broke during COMMIT', { cause: error });
  }
  if (command !== 'COMMIT') throw new TransactionRolledBack(`COMMIT answered ${command}`);
}
