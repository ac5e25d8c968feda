import type { Session } from '@usvideo/contracts/accounts';
import { csrfTokenOf, readSessionCookie, refuseForgery, sessionCaller, sessionCookie } from './session-caller';

const token = 'a'.repeat(43);
const session = (role: string) => ({ accountId: 'acc_1', memberId: 'mem_1', role, suspended: false }) as Session;

it.each([
  [`usv_session=${token}`, token],
  [`a=b; usv_session=${token}; c=d`, token],
  [undefined, undefined],
  ['', undefined],
  ['usv_session=short', undefined],
  [`xusv_session=${token}`, undefined],
])('reads the cookie of %j', (header, expected) => expect(readSessionCookie(header)).toBe(expected));

it('makes cookies that scripts do not read and other sites do not send', () => {
  expect(sessionCookie(token, new Date(0), true)).toBe(
    `usv_session=${token}; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
  expect(sessionCookie('', undefined, false)).toBe('usv_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
});

it('lets members do what their role may', () => {
  expect(sessionCaller(session('billing'), token, 'test')).toMatchObject({
    accountId: 'acc_1',
    keyId: 'mem_1',
    environment: 'test',
    scopes: ['billing:read', 'billing:manage'],
  });
  expect(sessionCaller(session('something new'), token, undefined)).toMatchObject({ environment: 'live', scopes: [] });
  expect(() => sessionCaller(session('owner'), token, 'prod')).toThrow('X-Environment');
});

it('lets nobody change anything without the token, and viewers change themselves only', () => {
  const [owner, viewer] = [
    sessionCaller(session('owner'), token, undefined),
    sessionCaller(session('viewer'), token, undefined),
  ];
  const csrf = csrfTokenOf(token);
  expect(csrf).not.toContain(token);
  for (const given of [undefined, '', 'x', csrfTokenOf('b'.repeat(43)), [csrf]])
    expect(() => refuseForgery(owner, 'POST', given, false)).toThrow('X-CSRF-Token');
  expect(() => refuseForgery(owner, 'POST', csrf, false)).not.toThrow();
  expect(() => refuseForgery(owner, 'GET', undefined, false)).not.toThrow();
  expect(() => refuseForgery(viewer, 'DELETE', csrf, false)).toThrow('viewer');
  expect(() => refuseForgery(viewer, 'POST', csrf, true)).not.toThrow();
});
