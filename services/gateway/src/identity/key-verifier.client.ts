import { createHash } from 'node:crypto';
import type { AccountsServiceClient, VerifiedKey, VerifyKeyResponse } from '@usvideo/contracts/accounts';
import { call, hasStatus, inSpan, status } from '@usvideo/runtime';
import type { Caller } from './caller';
import { serviceUnavailable } from '../refusals/refusal';

/** A revoked key may work this long on another gateway. */
const FRESH_MS = 5_000;
/** A key that is in use at this age is asked about again, with others of that age, so that hardly a request waits for accounts. */
const RENEW_FROM_MS = 2_500;
const RENEW_EVERY_MS = 250;
/** As many as accounts answers for at once; of more keys each is asked about when its time is over. */
const RENEWED_AT_ONCE_MAX = 1_000;
/** While accounts is away, a key that worked lately goes on working. */
const STALE_MAX_MS = 5 * 60_000;
const KEYS_MAX = 20_000;
const VERIFY_WITHIN_MS = 2_000;

interface Known {
  readonly caller: Caller;
  /** When accounts was asked: what it answered was true then, whenever the answer came. */
  readonly verifiedAtMs: number;
  /** By our steady clock: accounts says how long the key has, not until when. */
  readonly expiresAtMs: number;
}

/** Whom a presented key speaks for: what accounts said of it within the last five seconds. */
export class KeyVerifier {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<Caller | undefined>>();
  private readonly due = new Map<string, Buffer>();
  private renewal: NodeJS.Timeout | undefined;
  private forgotten = 0;

  constructor(private readonly accounts: AccountsServiceClient) {}

  /** Undefined: there is no such key. @throws Refusal service_unavailable when nobody can tell. */
  verify(secret: string): Caller | undefined | Promise<Caller | undefined> {
    const digest = createHash('sha256').update(secret).digest();
    const id = idOf(digest);
    const known = this.known.get(id);
    if (known && performance.now() >= known.expiresAtMs) return undefined;
    if (known && performance.now() - known.verifiedAtMs <= FRESH_MS) {
      if (performance.now() - known.verifiedAtMs >= RENEW_FROM_MS) this.renewSoon(id, digest);
      return known.caller;
    }
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
    const [forgottenBefore, askedAtMs] = [this.forgotten, performance.now()];
    try {
      const answer = await call(this.accounts, 'verifyKey', { secretSha256: digest }, { deadlineMs: VERIFY_WITHIN_MS });
      if (forgottenBefore === this.forgotten) this.remember(id, answer, askedAtMs);
      return callerOf(answer);
    } catch (error) {
      if (hasStatus(error, status.NOT_FOUND)) {
        this.known.delete(id);
        return undefined;
      }
      return this.fromMemory(id);
    }
  }

  private renewSoon(id: string, digest: Buffer): void {
    if (this.due.size < RENEWED_AT_ONCE_MAX) this.due.set(id, digest);
    this.renewal ??= setTimeout(() => void this.renew(), RENEW_EVERY_MS).unref();
  }

  /** One question at a time. Without an answer nothing changes: each key is asked about by itself when its time is over. */
  private async renew(): Promise<void> {
    const [askedAtMs, digests] = [performance.now(), [...this.due.values()]];
    const asked = inSpan('renew keys', { root: true, sampled: false, service: 'gateway' }, () =>
      call(this.accounts, 'verifyKeys', { secretSha256s: digests }, { deadlineMs: VERIFY_WITHIN_MS }),
    );
    const answer = await asked.catch(() => undefined);
    if (answer !== undefined) this.takeOver(digests.map(idOf), answer.keys, askedAtMs);
    this.due.clear();
    this.renewal = undefined;
  }

  /** A key that was asked about meanwhile, or is not known any more, because it was forgotten or revoked, is left as it is. */
  private takeOver(ids: string[], live: VerifiedKey[], askedAtMs: number): void {
    const answers = new Map(live.map(({ secretSha256, key }) => [idOf(secretSha256), key!]));
    for (const id of ids) {
      const known = this.known.get(id);
      if (!known || known.verifiedAtMs >= askedAtMs) continue;
      const answer = answers.get(id);
      if (answer) this.remember(id, answer, askedAtMs);
      else this.known.delete(id);
    }
  }

  private fromMemory(id: string): Caller {
    const known = this.known.get(id);
    if (!known || performance.now() - known.verifiedAtMs > STALE_MAX_MS) throw serviceUnavailable();
    return known.caller;
  }

  /** The least recently verified go first; a verification moves its key to the end. */
  private remember(id: string, answer: VerifyKeyResponse, askedAtMs: number): void {
    this.known.delete(id);
    this.known.set(id, {
      caller: callerOf(answer),
      verifiedAtMs: askedAtMs,
      expiresAtMs: askedAtMs + Number(answer.expiresInMs ?? Infinity),
    });
    if (this.known.size > KEYS_MAX) this.known.delete(this.known.keys().next().value!);
  }
}

function idOf(digest: Buffer): string {
  return digest.toString('base64');
}

function callerOf(answer: VerifyKeyResponse): Caller {
  const { accountId, keyId, environment, scopes, suspended } = answer;
  return { accountId, keyId, environment, scopes, suspended };
}
