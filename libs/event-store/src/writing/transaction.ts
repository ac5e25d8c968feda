import { setTimeout } from 'node:timers/promises';
import { backOffMs } from '@usvideo/runtime';
import type pg from 'pg';
import type { Database, Transaction } from '../database';

/** The connection was lost, or the server answered something else, while COMMIT was under way: nobody knows the outcome. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
}

/** `COMMIT` of an aborted transaction answers `ROLLBACK` without an error; this makes it one. */
export class TransactionRolledBack extends Error {
  override readonly name = 'TransactionRolledBack';
}

/** A statement came when its transaction was over; carried out, it would have written outside of any. */
export class TransactionEnded extends Error {
  override readonly name = 'TransactionEnded';
}

const RETRYABLE = new Set(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '55P03']);
const BROKEN_LINE = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOENT']);

/** The statement may still be under way, so nothing can be said on its connection. */
function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Somebody else holds a row that was wanted, and nothing was done. */
export function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '55P03';
}

/** Whether the same work may succeed when it is tried again: lost connections, deadlocks, serialization, restarts. */
export function isTransient(error: unknown): boolean {
  if (error instanceof CommitOutcomeUnknown || error instanceof TransactionRolledBack) return true;
  const code = (error as { code?: unknown } | undefined)?.code;
  // A numeric code is a gRPC status: not the database's.
  if (typeof code === 'string') return RETRYABLE.has(code) || code.startsWith('08') || BROKEN_LINE.has(code);
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable/.test(
      error.message,
    )
  );
}

/**
 * Runs `work` in one READ COMMITTED transaction and returns its result only after a commit that the server confirmed.
 * `now` is the database's clock at the start of the transaction.
 */
export function inTransaction<T>(database: Database, work: (tx: Transaction, now: Date) => Promise<T>): Promise<T> {
  return inOpeningTransaction(database, async (tx, opening) => work(tx, await opening));
}

const ATTEMPTS_MAX = 5;

/**
 * The same, tried again after a pause while its failure may pass. `work` runs once for each attempt, and an attempt whose commit went
 * unanswered may have been done: ids are minted before the first.
 */
export async function inTransactionAgain<T>(
  database: Database,
  work: (tx: Transaction, now: Date) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(database, work);
    } catch (error) {
      if (!isTransient(error) || attempt >= ATTEMPTS_MAX) throw error;
      await pauseAfter(attempt);
    }
  }
}

const PAUSE = { firstMs: 20, maxMs: 1_000 };

export function pauseAfter(attempt: number): Promise<void> {
  return setTimeout(backOffMs(attempt, PAUSE));
}

/**
 * The same, and `work` begins while the transaction opens: what it issues before it awaits `opening`, which is the time, leaves in
 * one group with the opening. What it writes before must be harmless without the rest, should the transaction not open.
 */
export async function inOpeningTransaction<T>(
  database: Database,
  work: (tx: Transaction, opening: Promise<Date>) => Promise<T>,
  { lockTimeoutMs }: { readonly lockTimeoutMs?: number } = {},
): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  const tx = new OpenTransaction(client);
  try {
    const opening = open(client, lockTimeoutMs);
    const [result] = await together([work(tx, opening), opening]);
    tx.end();
    await commit(client);
    return result;
  } catch (error) {
    tx.end();
    if (error instanceof CommitOutcomeUnknown || isUnanswered(error)) broken = error;
    else
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function open(client: pg.PoolClient, lockTimeoutMs: number | undefined): Promise<Date> {
  const setting = lockTimeoutMs === undefined ? '' : ` set local lock_timeout = ${Math.ceil(lockTimeoutMs)};`;
  const opened = (await client.query(`begin;${setting} select clock_timestamp() as now`)) as unknown as pg.QueryResult<{
    now: Date;
  }>[];
  return opened.at(-1)!.rows[0]!.now;
}

/**
 * Passes statements on until the transaction ends. Work that failed in one part may still go on in another, as behind a
 * `Promise.all`: its later statements would otherwise run on a connection that is somebody else's by then.
 */
class OpenTransaction implements Transaction {
  private ended = false;

  constructor(private readonly client: pg.PoolClient) {}

  query<Row extends pg.QueryResultRow>(
    statement: { name: string; text: string; values?: unknown[] } | string,
  ): Promise<pg.QueryResult<Row>> {
    if (this.ended) return Promise.reject(new TransactionEnded('the transaction has ended'));
    return this.client.query<Row>(statement as string);
  }

  end(): void {
    this.ended = true;
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

/**
 * The results of statements that were issued as one group. Waits for all of them, also when one failed: a part that went on
 * after the rollback would write outside of any transaction.
 */
export async function together<const Parts extends readonly unknown[]>(
  parts: Parts,
): Promise<{ -readonly [Part in keyof Parts]: Awaited<Parts[Part]> }> {
  const settled = await Promise.allSettled(parts);
  const failed = settled.find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(parts) as Promise<{ -readonly [Part in keyof Parts]: Awaited<Parts[Part]> }>;
}
