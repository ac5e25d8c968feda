import fc from 'fast-check';
import { formatUsd, parseUsd } from './money';

describe('formatUsd', () => {
  it.each([
    [0n, '$0.00'],
    [1n, '$0.000001'],
    [10n, '$0.00001'],
    [100n, '$0.0001'],
    [1_000n, '$0.001'],
    [10_000n, '$0.01'],
    [1_250_000n, '$1.25'],
    [1_200_000n, '$1.20'],
    [250_000_000n, '$250.00'],
    [-1_250_000n, '-$1.25'],
    [-1n, '-$0.000001'],
    [123_456_789_012_345_678n, '$123456789012.345678'],
  ])('writes %s micro-dollars as %s', (micros, text) => {
    expect(formatUsd(micros)).toBe(text);
  });
});

describe('parseUsd', () => {
  it.each([
    ['250', 250_000_000n],
    ['1.25', 1_250_000n],
    ['$0.000001', 1n],
    ['-2', -2_000_000n],
    [' 3 ', 3_000_000n],
  ])('reads %s', (text, micros) => {
    expect(parseUsd(text)).toBe(micros);
  });

  it.each(['', '.5', '1.', '1.2345678', '1,000', '1e3', 'ten', '0x10', '--1', '1 2', '9999999999999'])(
    'does not read %p',
    (text) => {
      expect(parseUsd(text)).toBeUndefined();
    },
  );

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        (micros) => parseUsd(formatUsd(micros)) === micros,
      ),
    );
  });
});
