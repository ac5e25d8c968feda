import { offerOfQuote, type Quote } from './quote';

const terms = { model: 'aurora', resolution: '720p', durationSeconds: 5 };
const price = { perSecondMicros: 250_000n, priceVersion: 1, amountMicros: 1_250_000n };
const quote: Quote = { accountId: 'acc_1', ...terms, price, expiresAt: new Date('2026-06-15T12:00:00.000Z') };

describe('a quote', () => {
  it('holds until its moment and no longer', () => {
    expect(offerOfQuote(quote, 'acc_1', terms, new Date('2026-06-15T11:59:59.999Z'))).toEqual({ price, quoted: true });
    expect(offerOfQuote(quote, 'acc_1', terms, quote.expiresAt)).toEqual({ refusal: 'quote_expired' });
  });

  it.each([
    ['another account', 'acc_2', terms],
    ['the play money of the same', 'acc_1:test', terms],
    ['another model', 'acc_1', { ...terms, model: 'other' }],
    ['another resolution', 'acc_1', { ...terms, resolution: '480p' }],
    ['another length', 'acc_1', { ...terms, durationSeconds: 4 }],
  ])('says nothing for %s', (_, accountId, asked) => {
    expect(offerOfQuote(quote, accountId, asked, new Date(0))).toEqual({ refusal: 'quote_mismatch' });
  });

  it('that nobody signed says nothing', () =>
    expect(offerOfQuote('forged', 'acc_1', terms, new Date(0))).toEqual({ refusal: 'quote_mismatch' }));
});
