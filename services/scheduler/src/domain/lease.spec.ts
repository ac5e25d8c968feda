import fc from 'fast-check';
import { afterLoss, ATTEMPTS_MAX, counts, heartbeatMs, type AttemptLoss } from './lease';

const now = new Date('2026-01-02T03:04:05Z');
const later = new Date(now.getTime() + 1);
const losses = fc.constantFrom<AttemptLoss>('lease_expired', 'engine_error', 'worker_lost', 'handed_back', 'render_timeout');

describe('lost attempts', () => {
  it('fail the job at the third that counts', () => {
    expect(afterLoss({ loss: 'lease_expired', lostBefore: 1, deadlineAt: later, now })).toEqual({ next: 'requeue' });
    expect(afterLoss({ loss: 'lease_expired', lostBefore: 2, deadlineAt: later, now })).toMatchObject({ next: 'fail', errorCode: 'engine_error' });
    expect(afterLoss({ loss: 'render_timeout', lostBefore: 2, deadlineAt: later, now })).toMatchObject({ next: 'fail', errorCode: 'render_timeout' });
  });

  it('requeue forever when they were planned', () => {
    expect(afterLoss({ loss: 'handed_back', lostBefore: 2, deadlineAt: later, now })).toEqual({ next: 'requeue' });
  });

  it('fail a job whose deadline passed meanwhile', () => {
    expect(afterLoss({ loss: 'handed_back', lostBefore: 0, deadlineAt: now, now })).toMatchObject({ errorCode: 'deadline_exceeded' });
  });

  it('never lead to more attempts that count than allowed', () => {
    fc.assert(fc.property(fc.array(losses, { maxLength: 30 }), (history) => {
      let lostBefore = 0;
      for (const loss of history) {
        const after = afterLoss({ loss, lostBefore, deadlineAt: later, now });
        if (counts(loss)) lostBefore += 1;
        expect(after.next === 'fail').toBe(counts(loss) && lostBefore >= ATTEMPTS_MAX);
        if (after.next === 'fail') return;
      }
    }));
  });
});

it('three heartbeats fit in a lease', () => {
  expect(3 * heartbeatMs({ leaseMs: 20_000, renderTimeoutMs: 1 })).toBeLessThanOrEqual(20_000);
});
