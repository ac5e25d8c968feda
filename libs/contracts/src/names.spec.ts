import { nameOf, numberOf, refusalIn, refusedAs } from './names';
import { LedgerRefusal } from './generated/usvideo/ledger/v1/names';

const NEWER = 10_000 as LedgerRefusal;

describe('names of an enum on the wire', () => {
  it('are written as number and as text, and read back', () => {
    const answer = refusedAs(LedgerRefusal, 'insufficient_balance');
    expect(answer).toEqual({ refusal: 'insufficient_balance', refusalKind: LedgerRefusal.INSUFFICIENT_BALANCE });
    expect(refusalIn(LedgerRefusal, answer)).toBe('insufficient_balance');
    expect(refusalIn(LedgerRefusal, refusedAs(LedgerRefusal, undefined))).toBeUndefined();
  });

  it('are read as text from a sender of the version before', () => {
    expect(refusalIn(LedgerRefusal, { refusal: 'hold_unknown' })).toBe('hold_unknown');
    expect(nameOf(LedgerRefusal, LedgerRefusal.UNSPECIFIED, '')).toBeUndefined();
  });

  it('are unknown when a newer version says them, by number or as text', () => {
    expect(nameOf(LedgerRefusal, NEWER, 'out_of_paper')).toBe('unknown');
    for (const text of ['out_of_paper', 'unspecified', 'unrecognized', '3', 'toString'])
      expect(nameOf(LedgerRefusal, undefined, text)).toBe('unknown');
  });

  it('have numbers of their own', () => {
    expect(numberOf(LedgerRefusal, 'hold_voided')).toBe(LedgerRefusal.HOLD_VOIDED);
  });
});
