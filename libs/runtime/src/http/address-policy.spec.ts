import { addressLiteral, AddressPolicy } from './address-policy';

const strict = new AddressPolicy([]);

const FORBIDDEN: readonly [form: string, host: string][] = [
  ['loopback', '127.0.0.1'],
  ['loopback, decimal', '2130706433'],
  ['loopback, hexadecimal', '0x7f000001'],
  ['loopback, hexadecimal parts', '0x7f.0x0.0x0.0x1'],
  ['loopback, octal', '0177.0.0.01'],
  ['loopback, short', '127.1'],
  ['loopback, full width digits', '１２７.0.0.1'],
  ['loopback, trailing dot', '127.0.0.1.'],
  ['loopback, version 6', '[::1]'],
  ['IPv4-mapped loopback', '[::ffff:127.0.0.1]'],
  ['IPv4-mapped, hexadecimal', '[::ffff:7f00:1]'],
  ['IPv4-compatible loopback', '[::127.0.0.1]'],
  ['unspecified', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['unspecified, version 6', '[::]'],
  ['private 10/8', '10.0.0.1'],
  ['private 172.16/12', '172.31.255.255'],
  ['private 192.168/16', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['link-local', '169.254.1.1'],
  ['metadata service', '169.254.169.254'],
  ['metadata service, version 6', '[fd00:ec2::254]'],
  ['unique local', '[fc00::1]'],
  ['link-local, version 6', '[fe80::1]'],
  ['NAT64 of loopback', '[64:ff9b::7f00:1]'],
  ['NAT64, local prefix', '[64:ff9b:1::7f00:1]'],
  ['6to4 of loopback', '[2002:7f00:1::]'],
  ['Teredo', '[2001:0:7f00:1::]'],
  ['benchmarking 198.18/15', '198.18.0.1'],
  ['IETF assignments 192.0.0/24', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['documentation, version 6', '[2001:db8::1]'],
  ['reserved 240/4', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['multicast 224/4', '224.0.0.1'],
  ['multicast, version 6', '[ff02::1]'],
  ['site-local, version 6', '[fec0::1]'],
  ['segment routing', '[5f00::1]'],
  ['documentation, newer', '[3fff::1]'],
  ['discard', '[100::1]'],
];

/** The host as a client sees it, after the WHATWG parser has undone the spelling. */
function literalOf(host: string): string {
  const literal = addressLiteral(new URL(`https://${host}/`).hostname);
  if (literal === undefined) throw new Error(`${host} is not read as an address`);
  return literal;
}

describe('AddressPolicy', () => {
  it.each(FORBIDDEN)('forbids %s: %s', (_form, host) => {
    expect(strict.allows(literalOf(host), 'https:')).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.216.34', '[2606:4700:4700::1111]', '[::ffff:1.1.1.1]'])(
    'allows the public address %s over https only',
    (host) => {
      expect(strict.allows(literalOf(host), 'https:')).toBe(true);
      expect(strict.allows(literalOf(host), 'http:')).toBe(false);
    },
  );

  it('allows what the operator opened, over both schemes, and nothing beside it', () => {
    const policy = new AddressPolicy(['10.1.0.0/16', 'fd12::/32']);
    expect(policy.allows('10.1.2.3', 'http:')).toBe(true);
    expect(policy.allows('::ffff:10.1.2.3', 'https:')).toBe(true);
    expect(policy.allows('fd12:0:1::1', 'http:')).toBe(true);
    expect(policy.allows('10.2.0.1', 'https:')).toBe(false);
    expect(policy.allows('fd13::1', 'https:')).toBe(false);
  });

  it('forbids what is not an address', () => {
    expect(strict.allows('', 'https:')).toBe(false);
    expect(strict.allows('localhost', 'https:')).toBe(false);
  });

  it('refuses a range that is not one', () => {
    expect(() => new AddressPolicy(['10.0.0.0'])).toThrow();
  });

  it('reads names as names', () => {
    expect(addressLiteral('example.com')).toBeUndefined();
  });
});
