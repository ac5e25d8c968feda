/** What Nest injects by name because it may be missing: the `SigningKey`, undefined without `LEDGER_SIGNING_KEY`. */
export const SIGNING_KEY = Symbol('signing key');
