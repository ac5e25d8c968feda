import type { Transaction } from '@usvideo/event-store';
import type { PriceRow } from '../domain/price';

const READ_PRICES = `
select model, resolution, effective_from, price_version, per_second_micros
from price order by model, resolution, effective_from desc`;

/** How long a changed price may go unnoticed: the book changes without a restart. */
const CACHED_MS = 1_000;

interface PriceRecord { model: string; resolution: string; effective_from: Date; price_version: number; per_second_micros: bigint }

export class PriceBook {
  private cached: { readonly rows: readonly PriceRow[]; readonly until: number } | undefined;

  /** All prices, past and coming, at most a second old. */
  async rows(tx: Transaction): Promise<readonly PriceRow[]> {
    const now = performance.now();
    if (this.cached !== undefined && now < this.cached.until) return this.cached.rows;
    const rows = await readPrices(tx);
    this.cached = { rows, until: now + CACHED_MS };
    return rows;
  }
}

export async function readPrices(tx: Transaction): Promise<PriceRow[]> {
  const { rows } = await tx.query<PriceRecord>({ name: 'price_read', text: READ_PRICES });
  return rows.map((row) => ({
    model: row.model, resolution: row.resolution, perSecondMicros: row.per_second_micros,
    priceVersion: row.price_version, effectiveFrom: row.effective_from,
  }));
}
