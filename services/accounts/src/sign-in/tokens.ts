/** What Nest injects by name because it is no class. */

/** An `OidcProvider`, or undefined without `OIDC_ISSUER_URL`. */
export const OIDC = Symbol('identity provider');
/** The `RelyingParty` of passkeys, or undefined where `PUBLIC_URL` is an address without a name. */
export const RELYING_PARTY = Symbol('relying party');
