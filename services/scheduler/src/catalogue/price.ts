import type { Price } from '@usvideo/contracts/ledger';
import type { Terms } from '@usvideo/contracts/scheduler';

/** What a test job would have cost; live jobs are priced by the ledger alone. Undefined: there is no price. */
export function priceMicros(prices: readonly Price[], terms: Pick<Terms, 'model' | 'resolution' | 'durationSeconds'>, now: Date): bigint | undefined {
  const valid = prices.filter((price) => price.resolution === terms.resolution && (price.effectiveFrom === undefined || price.effectiveFrom <= now));
  const newest = (model: string) => valid.filter((price) => price.model === model).sort((a, b) => b.priceVersion - a.priceVersion)[0];
  const price = newest(terms.model) ?? newest('*');
  return price && price.perSecondMicros * BigInt(terms.durationSeconds);
}
