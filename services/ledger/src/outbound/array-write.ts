import type { RowsStatement, Transaction } from '@usvideo/event-store';

/** Every row must take effect: a smaller count means that somebody else changed what this transaction had locked. */
export async function writeRows<Row>(tx: Transaction, statement: RowsStatement<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const changed = await statement.run(tx, rows);
  if (changed !== rows.length) throw new Error(`${statement.name} changed ${changed} rows of ${rows.length}`);
}
