import type { Database } from '@usvideo/event-store';
import { observe } from './imbalance.sql';
import { ledgerImbalance, ledgerMoney, pendingHolds } from '../metrics';

/** Floating point is good enough to look at; what decides is the integer sum behind the imbalance. Play money is no money. */
export async function observeBooks(database: Database): Promise<void> {
  const { imbalanceMicros, live, play } = await observe(database);
  ledgerImbalance.set(Number(imbalanceMicros));
  ledgerMoney.set({ book: 'available' }, Number(live.availableMicros));
  ledgerMoney.set({ book: 'held' }, Number(live.heldMicros));
  ledgerMoney.set({ book: 'spent' }, Number(live.spentMicros));
  pendingHolds.set(Number(live.pendingHolds + play.pendingHolds));
}
