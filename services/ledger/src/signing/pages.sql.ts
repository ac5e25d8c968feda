import type { Transaction } from '@usvideo/event-store';

const PAGE_ROWS = 1_000;

/** The rows of a statement without parameters, a page in memory at a time. One of these at a time in a transaction. */
export async function* pagesOf<Row extends object>(tx: Transaction, select: string): AsyncGenerator<Row[]> {
  await tx.query(`declare page cursor for ${select}`);
  for (;;) {
    const { rows } = await tx.query<Row>(`fetch ${PAGE_ROWS} from page`);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) break;
  }
  await tx.query('close page');
}
