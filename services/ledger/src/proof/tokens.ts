/** What Nest injects by name because it may be missing: `SignedRoots`, undefined without `LEDGER_SIGNING_KEY`. */
export const SIGNED_ROOTS = Symbol('signed roots');
