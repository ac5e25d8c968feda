import type { Database, Transaction } from '@usvideo/event-store';

/** Sums and orders over whole tables take longer than what customers wait for. */
const STATEMENT_WITHIN_MS = 600_000;
const ANSWER_WITHIN_MS = STATEMENT_WITHIN_MS + 5_000;

/** All statements see one moment, so that writers need not pause while the ledger is checked. */
export async function inSnapshot<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await database.connect();
  try {
    await client.query(
      `begin isolation level repeatable read read only; set local statement_timeout = '${STATEMENT_WITHIN_MS}ms'`,
    );
    const patiently = (statement: string | { text: string }) => {
      const query = {
        ...(typeof statement === 'string' ? { text: statement } : statement),
        query_timeout: ANSWER_WITHIN_MS,
      };
      return client.query(query);
    };
    const result = await work({ query: patiently as Transaction['query'] });
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
}
