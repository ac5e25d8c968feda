import type { Transaction } from '@usvideo/event-store';

export interface ArrayWrite {
  readonly name: string;
  /** Takes one array per column. */
  readonly text: string;
  readonly columns: number;
}

/** One array write. Every row must take effect: a smaller count means that somebody else changed what this transaction had locked. */
export async function writeRows(tx: Transaction, statement: ArrayWrite, rows: readonly unknown[][]): Promise<void> {
  if (rows.length === 0) return;
  const values = Array.from({ length: statement.columns }, (_, column) => rows.map((row) => row[column]));
  const { rowCount } = await tx.query({ name: statement.name, text: statement.text, values });
  if (rowCount !== rows.length) throw new Error(`${statement.name} changed ${rowCount} rows of ${rows.length}`);
}
