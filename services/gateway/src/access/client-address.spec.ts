import { clientAddress, parseRange } from './client-address';

const trusted = ['10.0.0.0/8', '::1'].map((text) => parseRange(text)!);

describe('the address a request is counted under', () => {
  it.each([
    ['198.51.100.7', undefined, '198.51.100.7'],
    ['198.51.100.7', '203.0.113.1', '198.51.100.7'],
    ['10.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['10.0.0.1', '1.2.3.4, 203.0.113.1', '203.0.113.1'],
    ['10.0.0.1', '1.2.3.4, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
    ['10.0.0.1', 'spoofed', '10.0.0.1'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['::ffff:10.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    [undefined, undefined, 'unknown'],
  ])('from %s with %j is %s', (peer, forwarded, expected) =>
    expect(clientAddress(peer, forwarded, trusted)).toBe(expected),
  );

  it('is the peer when no proxy is trusted', () => expect(clientAddress('10.0.0.1', '1.2.3.4', [])).toBe('10.0.0.1'));
  it.each(['10.0.0.0/33', 'proxy', ''])('refuses the range %j', (text) => expect(parseRange(text)).toBeUndefined());
});
