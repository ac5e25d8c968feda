import { LocalLimits } from './local-limits';
import { rateHeaders, spend } from './rate';

const TODAY = new Date(Date.UTC(2026, 0, 1));

describe('a limit per minute', () => {
  it.each([1, 7, 60, 300, 3_000])('of %d admits exactly that many at once', (limit) => {
    const limits = new LocalLimits(10);
    const judgements = Array.from({ length: limit + 5 }, () => limits.spend('a', limit, 1_000, TODAY));
    expect(judgements.filter((judgement) => judgement.allowed)).toHaveLength(limit);
    expect(judgements.slice(0, limit).map((judgement) => judgement.remaining)).toEqual(
      Array.from({ length: limit }, (_, index) => limit - 1 - index),
    );
  });

  it('keeps its word: after Retry-After the next request is admitted, and not before', () => {
    const limits = new LocalLimits(10);
    for (let i = 0; i < 60; i++) limits.spend('a', 60, 0, TODAY);
    const refused = limits.spend('a', 60, 0, TODAY);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 1_000 });
    expect(limits.spend('a', 60, 400, TODAY).allowed).toBe(false);
    expect(limits.spend('a', 60, refused.retryAfterMs, TODAY).allowed).toBe(true);
  });

  it('is whole again at its reset', () => {
    const { resetInMs, arrivalMs } = spend(undefined, 60, 5_000);
    expect(resetInMs).toBe(1_000);
    expect(spend(arrivalMs, 60, 6_000).spending.remaining).toBe(59);
  });

  it('tells its reset by the time of day and nothing else by it, however that is set', () => {
    const limits = new LocalLimits(10);
    for (let i = 0; i < 60; i++) limits.spend('a', 60, 0, TODAY);
    for (const hours of [-1, 1]) {
      const set = new Date(TODAY.getTime() + hours * 3_600_000);
      expect(limits.spend('a', 60, 0, set)).toEqual({
        allowed: false,
        limit: 60,
        remaining: 0,
        retryAfterMs: 1_000,
        resetAt: new Date(set.getTime() + 60_000),
      });
    }
  });

  it('gives the reset in Unix seconds, rounded up', () => {
    expect(rateHeaders({ allowed: true, limit: 60, remaining: 59, resetAt: new Date(6_001), retryAfterMs: 0 })).toEqual(
      {
        'x-ratelimit-limit': '60',
        'x-ratelimit-remaining': '59',
        'x-ratelimit-reset': '7',
      },
    );
  });

  it('remembers no more addresses than it may, and forgets the idle first', () => {
    const limits = new LocalLimits(100);
    limits.spend('busy', 1, 0, TODAY);
    for (let i = 0; i < 1_000; i++) limits.spend(`a${i}`, 1_000_000, i * 10, TODAY);
    expect(limits.size).toBeLessThanOrEqual(100);
  });
});
