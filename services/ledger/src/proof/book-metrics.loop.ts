import type { Database } from '@usvideo/event-store';
import { ledgerImbalance, ledgerMoney, pendingHolds } from '@usvideo/runtime';
import { readImbalance } from './imbalance.sql';

const BOOKS = `
select coalesce(sum(available_micros), 0)::float8 as available, coalesce(sum(held_micros), 0)::float8 as held,
  coalesce(sum(total_spend_micros), 0)::float8 as spent, (select count(*) from hold where state = 'pending')::float8 as pending
from ledger_account`;

/** Floating point is good enough to look at; what decides is the integer sum behind the imbalance. */
export async function observeBooks(database: Database): Promise<void> {
  ledgerImbalance.set(Number(await readImbalance(database)));
  const { rows: [books] } = await database.query<Record<'available' | 'held' | 'spent' | 'pending', number>>({ name: 'books_observe', text: BOOKS });
  for (const book of ['available', 'held', 'spent'] as const) ledgerMoney.set({ book }, books![book]);
  pendingHolds.set(books!.pending);
}
