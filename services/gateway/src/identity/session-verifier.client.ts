import { createHash } from 'node:crypto';
import type { MembersServiceClient, Session } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';

/** A session that was ended elsewhere may work this long here. */
const FRESH_MS = 5_000;
const SESSIONS_MAX = 20_000;
const VERIFY_WITHIN_MS = 2_000;

interface Known {
  readonly session: Session;
  readonly verifiedAtMs: number;
}

/** Who is behind a session's token: what accounts said of it within the last five seconds. */
export class SessionVerifier {
  private readonly known = new Map<string, Known>();

  constructor(private readonly members: MembersServiceClient) {}

  /** Undefined: the session has ended, or never was. */
  async verify(token: string): Promise<Session | undefined> {
    const id = idOf(token);
    const known = this.known.get(id);
    if (known && performance.now() - known.verifiedAtMs <= FRESH_MS) return known.session;
    const verifiedAtMs = performance.now();
    try {
      const { session } = await call(
        this.members,
        'verifySession',
        { tokenSha256: digestOf(token) },
        { deadlineMs: VERIFY_WITHIN_MS },
      );
      if (session) this.remember(id, { session, verifiedAtMs });
      return session;
    } catch (error) {
      this.known.delete(id);
      if (hasStatus(error, status.NOT_FOUND)) return undefined;
      throw error;
    }
  }

  /** After whatever changes what a session may do. */
  forget(token: string): void {
    this.known.delete(idOf(token));
  }

  /** After whatever changes what a member may do; all are asked about anew. */
  forgetAll(): void {
    this.known.clear();
  }

  private remember(id: string, known: Known): void {
    this.known.delete(id);
    this.known.set(id, known);
    if (this.known.size > SESSIONS_MAX) this.known.delete(this.known.keys().next().value!);
  }
}

export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function idOf(token: string): string {
  return digestOf(token).toString('base64');
}
