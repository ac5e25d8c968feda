/** For whom passkeys are made: they work at this origin and at no other. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
}

/** Undefined where browsers keep no passkeys: at a bare address, and over plain http but for localhost. */
export function relyingPartyOf(publicUrl: string): RelyingParty | undefined {
  const { hostname, origin, protocol } = new URL(publicUrl);
  if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return undefined;
  return protocol === 'https:' || hostname === 'localhost' ? { id: hostname, name: 'US Video API', origin } : undefined;
}
