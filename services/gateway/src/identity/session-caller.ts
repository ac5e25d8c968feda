import { createHash, timingSafeEqual } from 'node:crypto';
import type { Session } from '@usvideo/contracts/accounts';
import { Refusal, invalidRequest } from '../refusals/refusal';
import type { Caller, Scope } from './caller';

export type Role = 'owner' | 'developer' | 'billing' | 'viewer';

/** What each role may do; a viewer only reads. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['videos', 'billing:read', 'webhooks', 'keys:read', 'keys:manage', 'billing:manage'],
  developer: ['videos', 'billing:read', 'webhooks', 'keys:read', 'keys:manage'],
  billing: ['billing:read', 'billing:manage'],
  viewer: ['videos', 'billing:read', 'webhooks', 'keys:read'],
};

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A member of an account, signed in. */
export interface SessionCaller extends Caller {
  readonly session: Session;
  readonly token: string;
}

/** The member stands where a key stands: as the author of what is done, and in the job's api_key_id. @throws Refusal for an environment that there is none of */
export function sessionCaller(
  session: Session,
  token: string,
  environment: string | string[] | undefined,
): SessionCaller {
  if (environment !== undefined && environment !== 'live' && environment !== 'test')
    throw invalidRequest([{ field: 'X-Environment', message: 'must be live or test' }]);
  const { accountId, memberId, role, suspended } = session;
  return {
    accountId,
    keyId: memberId,
    environment: environment ?? 'live',
    scopes: SCOPES_OF_ROLE[role as Role] ?? [],
    suspended,
    session,
    token,
  };
}

/** @throws Refusal forbidden: a viewer changes nothing, and a page of another origin cannot know the token */
export function refuseForgery(
  { session, token }: SessionCaller,
  method: string,
  csrfToken: string | string[] | undefined,
  ofThePerson: boolean,
): void {
  if (READING.has(method)) return;
  const [expected, given] = [
    Buffer.from(csrfTokenOf(token)),
    Buffer.from(typeof csrfToken === 'string' ? csrfToken : ''),
  ];
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new Refusal('forbidden', 'Send the csrf_token of GET /v1/auth/session as X-CSRF-Token.');
  }
  if (session.role === 'viewer' && !ofThePerson)
    throw new Refusal('forbidden', 'As a viewer of this account you cannot change anything.');
}

/** Follows from the session's token and does not give it away, so that it needs no place of its own. */
export function csrfTokenOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url');
}

const COOKIE = 'usv_session';
const TOKEN = /^[\w-]{43}$/;

export function readSessionCookie(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === COOKIE && value !== undefined && TOKEN.test(value)) return value;
  }
  return undefined;
}

/** No script reads it, no other site sends it with a request that changes anything. */
export function sessionCookie(token: string, expiresAt: Date | undefined, secure: boolean): string {
  const end = token === '' ? '; Max-Age=0' : expiresAt === undefined ? '' : `; Expires=${expiresAt.toUTCString()}`;
  return `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${end}`;
}
