import { timingSafeEqual } from 'node:crypto';

const COOKIE = 'usv_oidc';
const STATE = /^[\w-]{43}$/;
const LIFE_SECONDS = 600;

/** Lax, so that it comes along when the identity provider sends the browser back. */
export function oidcCookie(state: string, secure: boolean): string {
  return `${COOKIE}=${state}; Path=/v1/auth/oidc; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}; Max-Age=${state === '' ? 0 : LIFE_SECONDS}`;
}

/** Of the operators' port: their page asks itself, so that the cookie never comes along from elsewhere. */
export function operatorOidcCookie(state: string, secure: boolean): string {
  return `${COOKIE}=${state}; Path=/admin/v1/auth/oidc; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}; Max-Age=${state === '' ? 0 : LIFE_SECONDS}`;
}

/** Undefined unless the browser that began is the one that comes back. */
export function readOidcState(header: string | undefined, returned: string | null): string | undefined {
  const kept =
    (header ?? '')
      .split(';')
      .map((part) => part.trim().split('=', 2))
      .find(([name]) => name === COOKIE)?.[1] ?? '';
  if (!STATE.test(kept) || returned === null || !STATE.test(returned)) return undefined;
  return timingSafeEqual(Buffer.from(kept), Buffer.from(returned)) ? kept : undefined;
}
