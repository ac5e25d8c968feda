import { ANY_MODEL, priceOf, type PriceRow } from './price';

const row = (model: string, perSecondMicros: bigint, from: string, priceVersion = 1): PriceRow => ({
  model,
  resolution: '720p',
  perSecondMicros,
  priceVersion,
  effectiveFrom: new Date(from),
});
const NOW = new Date('2026-06-15T12:00:00Z');
const terms = { model: 'aurora', resolution: '720p', durationSeconds: 5 };

describe('the price of a job', () => {
  const anyModel = row(ANY_MODEL, 250_000n, '2026-01-01T00:00:00Z');

  it('is seconds times the price of any model', () => {
    expect(priceOf([anyModel], terms, NOW)).toEqual({
      perSecondMicros: 250_000n,
      priceVersion: 1,
      amountMicros: 1_250_000n,
    });
  });
  it("is the model's own where it has one, also when the other is newer", () => {
    const own = row('aurora', 400_000n, '2026-01-01T00:00:00Z', 7);
    const newer = row(ANY_MODEL, 100_000n, '2026-06-01T00:00:00Z', 2);
    expect(priceOf([newer, own], terms, NOW)).toMatchObject({ perSecondMicros: 400_000n, priceVersion: 7 });
  });
  it('is the newest that is in effect', () => {
    const book = [
      row('aurora', 1n, '2026-01-01T00:00:00Z'),
      row('aurora', 2n, '2026-06-15T12:00:00Z', 2),
      row('aurora', 3n, '2026-06-15T12:00:00.001Z', 3),
    ];
    expect(priceOf(book, terms, NOW)).toMatchObject({ perSecondMicros: 2n, priceVersion: 2 });
    expect(priceOf([...book].reverse(), terms, NOW)).toMatchObject({ perSecondMicros: 2n });
  });
  it('is missing for another resolution, before its day, and for no seconds', () => {
    expect(priceOf([anyModel], { ...terms, resolution: '1080p' }, NOW)).toBeUndefined();
    expect(priceOf([anyModel], terms, new Date('2025-12-31T23:59:59Z'))).toBeUndefined();
    for (const durationSeconds of [0, -5, 2.5])
      expect(priceOf([anyModel], { ...terms, durationSeconds }, NOW)).toBeUndefined();
  });
});
