import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a page of a customer's may follow, for a while: one job, or the feed of an environment. */
export interface StreamGrant {
  readonly accountId: string;
  readonly environment: string;
  /** Who made it. */
  readonly keyId: string;
  /** Empty: the feed. */
  readonly jobId: string;
  readonly expiresAt: Date;
}

const PREFIX = 'usv_stream_';
const TOKEN_CHARACTERS_MAX = 1_024;

/** It says by itself what it opens, so that every gateway takes it and none remembers it; its short life is its only revocation. */
export function sealStreamToken(
  secret: string,
  { accountId, environment, expiresAt, jobId, keyId }: StreamGrant,
): string {
  const claims = Buffer.from(JSON.stringify([accountId, environment, keyId, jobId, expiresAt.getTime()])).toString(
    'base64url',
  );
  return `${PREFIX}${claims}.${signatureOf(secret, claims).toString('base64url')}`;
}

/** Undefined: it is none of ours, or its time is over. */
export function openStreamToken(secret: string, token: string, now: Date): StreamGrant | undefined {
  if (token.length > TOKEN_CHARACTERS_MAX || !token.startsWith(PREFIX)) return undefined;
  const [claims = '', signature = '', ...rest] = token.slice(PREFIX.length).split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(secret, claims);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [accountId, environment, keyId, jobId, expiresAtMs] = JSON.parse(
    Buffer.from(claims, 'base64url').toString(),
  ) as [string, string, string, string, number];
  return expiresAtMs <= now.getTime()
    ? undefined
    : { accountId, environment, keyId, jobId, expiresAt: new Date(expiresAtMs) };
}

/** Under a key of its own: a signature of this is none of a link, and the other way round. */
function signatureOf(secret: string, claims: string): Buffer {
  const key = createHmac('sha256', secret).update('stream token').digest();
  return createHmac('sha256', key).update(claims).digest();
}
