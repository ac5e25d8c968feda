import { heartbeatMs, leaseUntil, renderDeadlineAt } from './lease';

const settings = { leaseMs: 20_000, renderTimeoutMs: 900_000 };
const now = new Date('2026-01-02T03:04:05.000Z');

it('fits three heartbeats in a lease', () => {
  expect(3 * heartbeatMs(settings)).toBeLessThanOrEqual(settings.leaseMs);
  expect(4 * heartbeatMs(settings)).toBeGreaterThan(settings.leaseMs);
});

it('counts a lease from the heartbeat and a render from its start', () => {
  expect(leaseUntil(now, settings)).toEqual(new Date('2026-01-02T03:04:25.000Z'));
  expect(renderDeadlineAt(now, settings)).toEqual(new Date('2026-01-02T03:19:05.000Z'));
});
