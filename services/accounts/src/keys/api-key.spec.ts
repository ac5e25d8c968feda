import { keySecret, maskedKey } from './api-key';

test('a key names its environment and writes 256 bits as 43 letters and digits', () => {
  expect(keySecret('live', Buffer.alloc(32, 0xff))).toMatch(/^usv_live_[0-9A-Za-z]{43}$/);
  expect(keySecret('test', Buffer.alloc(32))).toBe(`usv_test_${'0'.repeat(43)}`);
});

test('every bit of the random value counts', () => {
  const secrets = Array.from({ length: 256 }, (_, bit) => {
    const random = Buffer.alloc(32);
    random[bit >> 3] = 1 << (bit & 7);
    return keySecret('live', random);
  });
  expect(new Set(secrets).size).toBe(256);
});

test('a weak source of randomness is refused', () => {
  expect(() => keySecret('live', Buffer.alloc(16))).toThrow('32 random bytes');
});

test('the masked form shows the last four characters', () => {
  expect(maskedKey('live', `usv_live_${'x'.repeat(39)}a1b2`)).toBe('usv_live_…a1b2');
});
