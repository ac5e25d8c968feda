import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Scheme = 'http:' | 'https:';

/** Global unicast. Below it, `::/96` still carries IPv4 addresses that `ipaddr.js` counts as unicast. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Decides which addresses an outbound request may reach: public ones over https, and whatever the operator has opened. */
export class AddressPolicy {
  readonly #allowed: readonly [Address, number][];

  /** @param allowCidrs private ranges that may be reached, over plain http too. */
  constructor(allowCidrs: readonly string[]) {
    this.#allowed = allowCidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  }

  /** `address` is a literal without brackets; anything that is not an address is refused. */
  allows(address: string, scheme: Scheme): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    if (this.#isAllowed(parsed)) return true;
    return scheme === 'https:' && isPublic(parsed);
  }

  /** Reachable by anybody, whatever the operator has opened. */
  isPublic(address: string): boolean {
    return ipaddr.isValid(address) && isPublic(ipaddr.process(address));
  }

  #isAllowed(address: Address): boolean {
    return this.#allowed.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  }
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL_IPV6));
}

/** The host of a URL as an address literal; undefined when it is a name. WHATWG parsing has already undone decimal, hex, octal and short forms. */
export function addressLiteral(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : undefined;
}
