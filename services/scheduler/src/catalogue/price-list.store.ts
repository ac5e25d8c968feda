import type { Price } from '@usvideo/contracts/ledger';
import type { Terms } from '@usvideo/contracts/scheduler';
import { priceMicros } from './price';
import type { LedgerPort } from '../settlement/ledger.client';

const FRESH_MS = 30_000;

/** The ledger's prices as test jobs see them: at most half a minute old, older only while the ledger is away. */
export class PriceList {
  private prices: readonly Price[] = [];
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(private readonly ledger: Pick<LedgerPort, 'listPrices'>, private readonly onError: (error: unknown) => void) {}

  /** @throws when no list was ever read and the ledger is away. */
  async priceMicros(terms: Terms): Promise<bigint | undefined> {
    if (performance.now() - this.readAt > FRESH_MS) {
      this.reading ??= this.read().finally(() => { this.reading = undefined; });
      if (this.prices.length === 0) await this.reading;
      // The list at hand holds until the ledger answers again.
      else this.reading.catch((error: unknown) => this.onError(error));
    }
    return priceMicros(this.prices, terms, new Date());
  }

  private async read(): Promise<void> {
    this.prices = await this.ledger.listPrices();
    this.readAt = performance.now();
  }
}
