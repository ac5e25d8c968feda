import { burstMicros, emissionMicros, rateDecision } from './rate';

const at = 1_800_000_000_000_000n;

it('rounds the interval up, so that no minute sees one request more', () => {
  expect(emissionMicros(300)).toBe(200_000n);
  expect(emissionMicros(7) * 7n).toBeGreaterThanOrEqual(60_000_000n);
});

it('counts down through the requests of one moment', () => {
  const spending = { limitPerMinute: 300, granted: 3, atMicros: at, tatMicros: at + 600_000n };
  expect([0, 1, 2].map((index) => rateDecision(spending, index))).toEqual([
    { allowed: true, limit: 300, remaining: 299, resetAt: new Date(1_800_000_000_200), retryAfterMs: 0 },
    { allowed: true, limit: 300, remaining: 298, resetAt: new Date(1_800_000_000_400), retryAfterMs: 0 },
    { allowed: true, limit: 300, remaining: 297, resetAt: new Date(1_800_000_000_600), retryAfterMs: 0 },
  ]);
});

it('tells a refused request when the next is free, rounded up to the millisecond', () => {
  const refused = rateDecision(
    { limitPerMinute: 300, granted: 0, atMicros: at, tatMicros: at + burstMicros(300) - 50_500n },
    0,
  );
  expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 150 });
});
