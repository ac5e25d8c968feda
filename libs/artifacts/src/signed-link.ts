import { createHmac, timingSafeEqual } from 'node:crypto';
import { extname } from 'node:path';

export interface LinkTarget {
  readonly jobId: string;
  /** The artifact's key. Its ending is the link's ending, so that players know what they get. */
  readonly key: string;
}

export interface LinkOptions extends LinkTarget {
  readonly secret: string;
  /** Scheme, host and port under which customers reach the gateway. */
  readonly publicUrl: string;
  readonly expiresAt: Date;
}

export interface VerifiedLink extends LinkTarget {
  readonly expiresAt: Date;
}

export type LinkRefusal = 'bad_signature' | 'expired';

/** Between job id and key: it occurs in neither. */
const SEPARATOR = ':';
const LINK = /^\/v\/([A-Za-z0-9_-]+)(\.[a-z0-9]+)$/;

/** `<publicUrl>/v/<target>.mp4?expires=<Unix seconds>&signature=<hex>`; the signature covers path and expiry. */
export function signLink({ secret, publicUrl, jobId, key, expiresAt }: LinkOptions): string {
  const target = Buffer.from(`${jobId}${SEPARATOR}${key}`).toString('base64url');
  const path = `/v/${target}${extname(key)}`;
  const expires = Math.floor(expiresAt.getTime() / 1_000).toString();
  return `${publicUrl.replace(/\/+$/, '')}${path}?expires=${expires}&signature=${signatureOf(secret, path, expires).toString('hex')}`;
}

/**
 * @param pathAndQuery As the request line has it, `/v/….mp4?expires=…&signature=…`.
 * @returns what the link was signed for, or why it is refused. A link that was never signed is not told whether it would have expired.
 */
export function verifyLink({
  secret,
  pathAndQuery,
  now,
}: {
  readonly secret: string;
  readonly pathAndQuery: string;
  readonly now: Date;
}): VerifiedLink | LinkRefusal {
  const [path = '', query = ''] = pathAndQuery.split('?', 2);
  const parameters = new URLSearchParams(query);
  const expires = parameters.get('expires') ?? '';
  const given = Buffer.from(parameters.get('signature') ?? '', 'hex');
  const expected = signatureOf(secret, path, expires);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'bad_signature';
  const expiresAt = new Date(Number(expires) * 1_000);
  if (now >= expiresAt) return 'expired';
  const [jobId, key] = Buffer.from(LINK.exec(path)?.[1] ?? '', 'base64url')
    .toString()
    .split(SEPARATOR, 2);
  return jobId && key ? { jobId, key, expiresAt } : 'bad_signature';
}

function signatureOf(secret: string, path: string, expires: string): Buffer {
  return createHmac('sha256', secret).update(`${path}\n${expires}`).digest();
}
