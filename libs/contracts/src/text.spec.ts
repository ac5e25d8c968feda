import { faultOfEmail, faultOfLine, faultOfPassword } from './text';

describe('a name of one line', () => {
  it.each(['CI', ' padded ', 'naïve 🙂', '𝒳'.repeat(200)])('may be %j', (name) =>
    expect(faultOfLine(name, 200)).toBeUndefined(),
  );

  it.each([
    ['', 'must not be blank'],
    [' \t', 'must not be blank'],
    ['tab\tb', 'must not contain control characters or line breaks'],
    ['a\0b', 'must not contain control characters or line breaks'],
    ['a\u2028b', 'must not contain control characters or line breaks'],
    ['a\u0085b', 'must not contain control characters or line breaks'],
    ['a\ud800b', 'must be well-formed Unicode'],
    ['x'.repeat(201), 'must be at most 200 characters'],
    ['𝒳'.repeat(201), 'must be at most 200 characters'],
  ])('must not be %j', (name, fault) => expect(faultOfLine(name, 200)).toBe(fault));

  it('is measured before it is read', () => {
    const start = performance.now();
    expect(faultOfLine('x'.repeat(16_000_000), 200)).toBe('must be at most 200 characters');
    expect(faultOfEmail(`${'a.'.repeat(8_000_000)}@`)).toBe('must be an email address');
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

it.each(['a@b.co', 'ann+tag@mail.example.com', 'ünal@exämple.de'])('%j is an address', (email) =>
  expect(faultOfEmail(email)).toBeUndefined(),
);
it.each(['', 'ann', 'a@b', 'a b@c.de', 'a@b.c\0', 'a@b.', `${'a'.repeat(250)}@b.co`, 'a@b.c\ud800'])(
  '%j is none',
  (email) => expect(faultOfEmail(email)).toBe('must be an email address'),
);

it.each([
  ['correct horse battery', undefined],
  ['12 chars !!!', undefined],
  ['11 chars !!', 'must be at least 12 characters'],
  ['🙂'.repeat(12), undefined],
  ['🙂'.repeat(6), 'must be at least 12 characters'],
  ['x'.repeat(257), 'must be at most 256 characters'],
])('the password %j: %s', (password, fault) => expect(faultOfPassword(password)).toBe(fault));
