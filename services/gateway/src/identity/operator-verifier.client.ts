import { createHash, timingSafeEqual } from 'node:crypto';
import type { OperatorsServiceClient } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';
import { BOOTSTRAP, isOperatorRole, type OperatorCaller } from './operator-caller';

/** A token that was revoked elsewhere may work this long here. */
const FRESH_MS = 5_000;
const OPERATORS_MAX = 1_000;
const VERIFY_WITHIN_MS = 2_000;
const PERSONAL = /^usv_op_[\w-]{43}$/;

interface Known {
  readonly caller: OperatorCaller;
  readonly verifiedAtMs: number;
}

/** Who is behind an operator's token: the installation's own, or what accounts said of a personal one within the last five seconds. */
export class OperatorVerifier {
  private readonly known = new Map<string, Known>();
  private readonly bootstrap: Buffer;

  constructor(
    private readonly operators: OperatorsServiceClient,
    bootstrapToken: string,
    private readonly nowMs = () => performance.now(),
  ) {
    this.bootstrap = digestOf(bootstrapToken);
  }

  /** Undefined: the token does not count. */
  async verify(token: string): Promise<OperatorCaller | undefined> {
    const digest = digestOf(token);
    if (timingSafeEqual(digest, this.bootstrap)) return BOOTSTRAP;
    if (!PERSONAL.test(token)) return undefined;
    const id = digest.toString('base64');
    const known = this.known.get(id);
    if (known && this.nowMs() - known.verifiedAtMs <= FRESH_MS) return known.caller;
    this.known.delete(id);
    const verifiedAtMs = this.nowMs();
    const caller = await this.ask(digest);
    if (caller) this.remember(id, { caller, verifiedAtMs });
    return caller;
  }

  /** After an operator was changed here. */
  forgetAll(): void {
    this.known.clear();
  }

  private async ask(tokenSha256: Buffer): Promise<OperatorCaller | undefined> {
    try {
      const { operator } = await call(
        this.operators,
        'verifyOperator',
        { tokenSha256 },
        { deadlineMs: VERIFY_WITHIN_MS },
      );
      return operator && isOperatorRole(operator.role)
        ? { name: operator.name, role: operator.role, bootstrap: false }
        : undefined;
    } catch (error) {
      if (hasStatus(error, status.NOT_FOUND)) return undefined;
      throw error;
    }
  }

  private remember(id: string, known: Known): void {
    this.known.set(id, known);
    if (this.known.size > OPERATORS_MAX) this.known.delete(this.known.keys().next().value!);
  }
}

/** Digests have one length, so that comparing them takes the same time for every token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
