import type { AddFunds } from './commands';

/** What every account's play money begins with and is reset to: $1,000.00. */
export const SANDBOX_FUNDS_MICROS = 1_000_000_000n;

/** How a book of play money begins. */
export function openingOf(accountId: string): AddFunds {
  return {
    type: 'AddFunds',
    accountId,
    amountMicros: SANDBOX_FUNDS_MICROS,
    source: 'sandbox',
    paymentRef: 'sandbox-opening',
    author: 'sandbox',
    note: 'Play money',
  };
}
