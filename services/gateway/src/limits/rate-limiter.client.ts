import { numberOf } from '@usvideo/contracts/names';
import { RatePolicy, type RateState } from '@usvideo/contracts/scheduler';
import type { Caller, Policy } from '../identity/caller';
import { LocalLimits } from './local-limits';
import type { Judgement } from './rate';
import type { Peers } from '../peers/peers.client';

const ANSWER_WITHIN_MS = 1_000;
const CALLERS_MAX = 50_000;
const LIMIT_UNTIL_KNOWN: Readonly<Record<Policy, number>> = { reads: 3_000, creates: 300 };

/** The limits of keyed requests: exact in the scheduler, a local share of them while it is away. */
export class RateLimiter {
  private readonly local = new LocalLimits(CALLERS_MAX);
  private readonly lastLimits = new Map<string, number>();

  constructor(
    private readonly exchange: Peers['exchange'],
    private readonly replicas: number,
  ) {}

  /** Spends one request; never throws. */
  async spend(caller: Caller, policy: Policy): Promise<Judgement> {
    const { accountId, environment } = caller;
    try {
      const answered = await this.exchange.request(
        {
          call: {
            $case: 'checkRate',
            value: { accountId, environment, policy, policyKind: numberOf(RatePolicy, policy) },
          },
        },
        ANSWER_WITHIN_MS,
      );
      if (answered.answer?.$case !== 'checkRate') return this.spendLocally(caller, policy);
      const { allowed, rate, retryAfterMs } = answered.answer.value;
      return this.learn(caller, policy, judgementOf(allowed, rate, retryAfterMs));
    } catch {
      // The limiter is away. Its absence shows in the metrics of the calls; a customer's read is not refused for it.
      return this.spendLocally(caller, policy);
    }
  }

  /** What a create was told rides on its answer; it is also what is known should the limiter go away. */
  judged(caller: Caller, allowed: boolean, rate: RateState | undefined, retryAfterMs: number): Judgement {
    return rate
      ? this.learn(caller, 'creates', judgementOf(allowed, rate, retryAfterMs))
      : this.spendLocally(caller, 'creates');
  }

  /** What is known of a limit without spending any of it: for an order whose judge has not answered yet. */
  lastKnown(caller: Caller, policy: Policy): Judgement {
    const limit = this.lastLimits.get(keyOf(caller, policy)) ?? LIMIT_UNTIL_KNOWN[policy];
    return { allowed: true, limit, remaining: 0, resetAt: new Date(), retryAfterMs: 0 };
  }

  spendLocally(caller: Caller, policy: Policy): Judgement {
    const key = keyOf(caller, policy);
    const limit = this.lastLimits.get(key) ?? LIMIT_UNTIL_KNOWN[policy];
    return this.local.spend(key, Math.max(1, Math.floor(limit / this.replicas)), performance.now(), new Date());
  }

  private learn(caller: Caller, policy: Policy, judgement: Judgement): Judgement {
    const key = keyOf(caller, policy);
    if (this.lastLimits.get(key) !== judgement.limit && judgement.limit > 0) {
      this.lastLimits.set(key, judgement.limit);
      if (this.lastLimits.size > CALLERS_MAX) this.lastLimits.delete(this.lastLimits.keys().next().value!);
    }
    return judgement;
  }
}

function keyOf(caller: Caller, policy: Policy): string {
  return `${caller.accountId}/${caller.environment}/${policy}`;
}

function judgementOf(allowed: boolean, rate: RateState | undefined, retryAfterMs: number): Judgement {
  return {
    allowed,
    limit: rate?.limit ?? 0,
    remaining: rate?.remaining ?? 0,
    resetAt: rate?.resetAt ?? new Date(),
    retryAfterMs,
  };
}
