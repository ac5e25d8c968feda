/** What Nest injects by name because it may be missing: both are undefined without `LEDGER_SIGNING_KEY`. */
export const SIGNING_KEY = Symbol('signing key');
export const SIGNED_ROOTS = Symbol('signed roots');
