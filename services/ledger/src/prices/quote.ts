import type { HoldTerms, Offer, Price } from './price';

/** A price that was promised to an account for certain terms until a moment. */
export interface Quote {
  readonly accountId: string;
  readonly model: string;
  readonly resolution: string;
  readonly durationSeconds: number;
  readonly price: Price;
  readonly expiresAt: Date;
}

/** `forged`: a token that this ledger did not sign, or did not sign for this account and these terms. */
export type GivenQuote = Quote | 'forged';

/** The offer that a quote makes for a hold of an account at the moment `now`. */
export function offerOfQuote(
  quote: GivenQuote,
  accountId: string,
  terms: Omit<HoldTerms, 'apiKeyId'>,
  now: Date,
): Offer {
  if (quote === 'forged' || quote.accountId !== accountId || !isFor(quote, terms)) return { refusal: 'quote_mismatch' };
  return now >= quote.expiresAt ? { refusal: 'quote_expired' } : { price: quote.price, quoted: true };
}

function isFor(quote: Quote, terms: Omit<HoldTerms, 'apiKeyId'>): boolean {
  return (
    quote.model === terms.model &&
    quote.resolution === terms.resolution &&
    quote.durationSeconds === terms.durationSeconds
  );
}
