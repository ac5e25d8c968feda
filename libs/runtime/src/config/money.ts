const MICROS_PER_DOLLAR = 1_000_000n;

/** Micro-dollars as people read them: `$1.25`, `-$0.000001`; two decimals at least, six at most, never rounded. */
export function formatUsd(micros: bigint): string {
  const size = micros < 0n ? -micros : micros;
  const fraction = (size % MICROS_PER_DOLLAR)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${micros < 0n ? '-' : ''}$${size / MICROS_PER_DOLLAR}.${fraction}`;
}

/** Dollars as an operator writes them (`250`, `1.25`, `$0.000001`) in micro-dollars; undefined when it is not such an amount. */
export function parseUsd(text: string): bigint | undefined {
  const match = /^(-?)\$?(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, dollars = '', fraction = ''] = match;
  const micros = BigInt(dollars) * MICROS_PER_DOLLAR + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -micros : micros;
}
