import { oidcCookie, readOidcState } from './oidc-cookie';

const STATE = 's'.repeat(43);
const OTHER = 'o'.repeat(43);

test('the browser that began brings its state back', () => {
  expect(oidcCookie(STATE, true)).toBe(
    `usv_oidc=${STATE}; Path=/v1/auth/oidc; HttpOnly; SameSite=Lax; Secure; Max-Age=600`,
  );
  expect(oidcCookie('', false)).toBe('usv_oidc=; Path=/v1/auth/oidc; HttpOnly; SameSite=Lax; Max-Age=0');
  expect(readOidcState(`theme=dark; usv_oidc=${STATE}`, STATE)).toBe(STATE);
});

test.each([
  [undefined, STATE],
  [`usv_oidc=${STATE}`, null],
  [`usv_oidc=${STATE}`, OTHER],
  ['usv_oidc=', ''],
  ['usv_oidc=short', 'short'],
])('a browser with the cookie %j is not who was sent back with %j', (cookie, returned) =>
  expect(readOidcState(cookie, returned)).toBeUndefined(),
);
