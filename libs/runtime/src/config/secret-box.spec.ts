import { randomBytes } from 'node:crypto';
import { SecretBox } from './secret-box';

const box = new SecretBox(randomBytes(32));

test('what was sealed opens for its owner, and looks different each time', () => {
  const [first, second] = [box.seal('acc_1', 'whsec_x'), box.seal('acc_1', 'whsec_x')];
  expect(box.open('acc_1', first)).toBe('whsec_x');
  expect(first.bytes).not.toEqual(second.bytes);
  expect(first.bytes.includes('whsec_x')).toBe(false);
});

test('it opens for nobody else, not altered, and under no other key', () => {
  const sealed = box.seal('acc_1', 'whsec_x');
  const altered = Buffer.from(sealed.bytes);
  altered[14]! ^= 1;
  expect(() => box.open('acc_2', sealed)).toThrow();
  expect(() => box.open('acc_1', { ...sealed, bytes: altered })).toThrow();
  expect(() => new SecretBox(randomBytes(32)).open('acc_1', sealed)).toThrow('SECRETS_KEY');
});

test.each([0, 16, 31, 33])('a key of %d bytes is refused', (length) => {
  expect(() => new SecretBox(randomBytes(length))).toThrow('32 bytes');
});
