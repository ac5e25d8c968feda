import { createHash } from 'node:crypto';
import type { AccountsServiceClient, VerifyKeyResponse } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { Caller } from '../domain/caller';
import { serviceUnavailable } from '../domain/refusal';

/** A revoked key may work this long on another gateway. */
const FRESH_MS = 5_000;
/** While accounts is away, a key that worked lately goes on working. */
const STALE_MAX_MS = 5 * 60_000;
const KEYS_MAX = 20_000;
const VERIFY_WITHIN_MS = 2_000;

interface Known {
  readonly caller: Caller;
  readonly verifiedAtMs: number;
  readonly expiresAtMs: number;
}

/** Whom a presented key speaks for, asked of accounts at most every five seconds per key. */
export class KeyVerifier {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<Caller | undefined>>();
  private forgotten = 0;

  constructor(private readonly accounts: AccountsServiceClient, private readonly nowMs: () => number = Date.now) {}

  /** Undefined: there is no such key. @throws Refusal service_unavailable when nobody can tell. */
  verify(secret: string): Caller | undefined | Promise<Caller | undefined> {
    const digest = createHash('sha256').update(secret).digest();
    const id = digest.toString('base64');
    const known = this.known.get(id);
    if (known && this.nowMs() >= known.expiresAtMs) return undefined;
    if (known && this.nowMs() - known.verifiedAtMs <= FRESH_MS) return known.caller;
    const asked = this.asking.get(id) ?? this.ask(id, digest).finally(() => this.asking.delete(id));
    this.asking.set(id, asked);
    return asked;
  }

  /** A key that was revoked or rotated here is not honoured from memory any more, nor cached by a question already under way. */
  forget(keyId: string): void {
    this.forgotten++;
    for (const [id, known] of this.known) if (known.caller.keyId === keyId) this.known.delete(id);
    this.asking.clear();
  }

  private async ask(id: string, digest: Buffer): Promise<Caller | undefined> {
    const forgottenBefore = this.forgotten;
    try {
      const answer = await call(this.accounts, 'verifyKey', { secretSha256: digest }, { deadlineMs: VERIFY_WITHIN_MS });
      const caller = callerOf(answer);
      if (forgottenBefore === this.forgotten) this.remember(id, caller, answer.expiresAt?.getTime() ?? Infinity);
      return caller;
    } catch (error) {
      if (hasStatus(error, status.NOT_FOUND)) {
        this.known.delete(id);
        return undefined;
      }
      return this.fromMemory(id);
    }
  }

  private fromMemory(id: string): Caller {
    const known = this.known.get(id);
    if (!known || this.nowMs() - known.verifiedAtMs > STALE_MAX_MS) throw serviceUnavailable();
    return known.caller;
  }

  /** The least recently verified go first; a verification moves its key to the end. */
  private remember(id: string, caller: Caller, expiresAtMs: number): void {
    this.known.delete(id);
    this.known.set(id, { caller, verifiedAtMs: this.nowMs(), expiresAtMs });
    if (this.known.size > KEYS_MAX) this.known.delete(this.known.keys().next().value!);
  }
}

function callerOf(answer: VerifyKeyResponse): Caller {
  const { accountId, keyId, environment, scopes, suspended } = answer;
  return { accountId, keyId, environment, scopes, suspended };
}
