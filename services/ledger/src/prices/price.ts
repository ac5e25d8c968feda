/** One row of the price book. Rows are added, never edited: what a job was sold for stays explainable. */
export interface PriceRow {
  /** `*` stands for every model that has no price of its own. */
  readonly model: string;
  readonly resolution: string;
  readonly perSecondMicros: bigint;
  readonly priceVersion: number;
  readonly effectiveFrom: Date;
}

export interface Price {
  readonly perSecondMicros: bigint;
  readonly priceVersion: number;
  readonly amountMicros: bigint;
}

/** What is sold, and to which key. */
export interface HoldTerms {
  readonly apiKeyId: string;
  readonly model: string;
  readonly resolution: string;
  readonly durationSeconds: number;
}

/** Why an order for a hold has no price; in order of precedence. */
export type PriceRefusal = 'quote_mismatch' | 'quote_expired' | 'price_unavailable';

/** What a hold costs, or why it has no price. */
export type Offer = { readonly price: Price; readonly quoted: boolean } | { readonly refusal: PriceRefusal };

export const ANY_MODEL = '*';

/**
 * What so many seconds of the model cost at the moment `now`; undefined when the book has no price for it. A price of the
 * model itself beats the one for any model, however old it is; of several the newest that is in effect counts.
 */
export function priceOf(
  book: readonly PriceRow[],
  terms: { model: string; resolution: string; durationSeconds: number },
  now: Date,
): Price | undefined {
  if (!Number.isInteger(terms.durationSeconds) || terms.durationSeconds < 1) return undefined;
  const inEffect = (model: string) =>
    newest(
      book.filter((row) => row.model === model && row.resolution === terms.resolution && row.effectiveFrom <= now),
    );
  const row = inEffect(terms.model) ?? inEffect(ANY_MODEL);
  if (row === undefined) return undefined;
  const { perSecondMicros, priceVersion } = row;
  return { perSecondMicros, priceVersion, amountMicros: perSecondMicros * BigInt(terms.durationSeconds) };
}

/**
 * Whether the book explains what was held at the moment `at`: with the price in effect, or, for what a quote had promised, with
 * any that ever was in it.
 */
export function isInBook(
  book: readonly PriceRow[],
  sold: Price & { model: string; resolution: string; durationSeconds: number; quoted?: boolean | undefined },
  at: Date,
): boolean {
  const { model, resolution, perSecondMicros, priceVersion, amountMicros } = sold;
  if (!sold.quoted) return sameAs(priceOf(book, sold, at), sold);
  return (
    amountMicros === perSecondMicros * BigInt(sold.durationSeconds) &&
    book.some(
      (row) =>
        (row.model === model || row.model === ANY_MODEL) &&
        row.resolution === resolution &&
        row.perSecondMicros === perSecondMicros &&
        row.priceVersion === priceVersion &&
        row.effectiveFrom <= at,
    )
  );
}

function sameAs(price: Price | undefined, sold: Price): boolean {
  return (
    price?.perSecondMicros === sold.perSecondMicros &&
    price.priceVersion === sold.priceVersion &&
    price.amountMicros === sold.amountMicros
  );
}

function newest(rows: readonly PriceRow[]): PriceRow | undefined {
  return rows.reduce<PriceRow | undefined>(
    (best, row) => (best === undefined || isNewer(row, best) ? row : best),
    undefined,
  );
}

function isNewer(row: PriceRow, than: PriceRow): boolean {
  const later = row.effectiveFrom.getTime() - than.effectiveFrom.getTime();
  return later > 0 || (later === 0 && row.priceVersion > than.priceVersion);
}
