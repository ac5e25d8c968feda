/** The `LedgerPort`: the ledger's client, unless a test replaces it. */
export const LEDGER = Symbol('ledger');
