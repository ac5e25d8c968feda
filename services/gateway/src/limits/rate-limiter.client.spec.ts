import { ExchangeUnavailable } from '@usvideo/exchange';
import type { Peers } from '../peers/peers.client';
import { RateLimiter } from './rate-limiter.client';

const caller = { accountId: 'acc_1', keyId: 'key_1', environment: 'live', scopes: [], suspended: false };

function limiterOver(request: () => Promise<unknown>, replicas = 1): RateLimiter {
  return new RateLimiter({ request } as unknown as Peers['exchange'], replicas);
}

const answered = (limit: number) => ({
  answer: {
    $case: 'checkRate',
    value: { allowed: true, rate: { limit, remaining: 1, resetAt: new Date(0) }, retryAfterMs: 0 },
  },
});

describe('the limits of keyed requests', () => {
  it("are the scheduler's", async () => {
    expect(await limiterOver(async () => answered(77)).spend(caller, 'reads')).toMatchObject({
      allowed: true,
      limit: 77,
      remaining: 1,
    });
  });

  it('are a share of the last known limit while the scheduler is away', async () => {
    let away = false;
    const limiter = limiterOver(async () => {
      if (away) throw new ExchangeUnavailable('stopped');
      return answered(12);
    }, 3);
    await limiter.spend(caller, 'reads');
    away = true;
    const judgements = await Promise.all(Array.from({ length: 5 }, () => limiter.spend(caller, 'reads')));
    expect(judgements.map((judgement) => judgement.allowed)).toEqual([true, true, true, true, false]);
    expect(judgements[0]!.limit).toBe(4);
  });

  it('are those of the contract for a caller never seen', async () => {
    const limiter = limiterOver(() => Promise.reject(new ExchangeUnavailable('stopped')));
    expect([(await limiter.spend(caller, 'reads')).limit, (await limiter.spend(caller, 'creates')).limit]).toEqual([
      3_000, 300,
    ]);
  });

  it('ride on the answer to an order', () => {
    const limiter = limiterOver(() => Promise.reject(new ExchangeUnavailable('not asked')));
    expect(limiter.judged(caller, false, { limit: 5, remaining: 0, resetAt: new Date(9_000) }, 100)).toEqual({
      allowed: false,
      limit: 5,
      remaining: 0,
      resetAt: new Date(9_000),
      retryAfterMs: 100,
    });
  });
});
