import { NO_JOB, type Attempt, type JobState, type JobStateName } from '../job/job';
import { moveOf } from './job-move';

const settings = { leaseMs: 20_000, renderTimeoutMs: 900_000 };
const startedAt = new Date('2026-01-02T03:04:05.000Z');
const now = new Date('2026-01-02T03:04:35.000Z');
const attempt: Attempt = {
  attempt: 1,
  leaseId: 'lease_1',
  workerId: 'wrk_1',
  engine: 'procedural',
  startedAt,
  counts: true,
};

function state(name: JobStateName): JobState {
  return { ...NO_JOB, name, attempts: [attempt], renderingStartedAt: startedAt };
}

describe('what goes with a change of state', () => {
  it.each([
    ['queued', 'leased', { running: 1, departed: 1, charge: { expected: 'add', actualMs: 0 } }],
    ['leased', 'rendering', { running: 0, departed: 0 }],
    [
      'leased',
      'queued',
      { queue: { kind: 'queued' }, running: -1, departed: -1, charge: { expected: 'take back', actualMs: 0 } },
    ],
    [
      'rendering',
      'queued',
      { queue: { kind: 'queued' }, running: -1, departed: -1, charge: { expected: 'take back', actualMs: 0 } },
    ],
    [
      'rendering',
      'completed',
      { queue: { kind: 'gone' }, running: -1, departed: 0, charge: { expected: 'take back', actualMs: 30_000 } },
    ],
    [
      'leased',
      'cancelled',
      { queue: { kind: 'gone' }, running: -1, departed: 0, charge: { expected: 'take back', actualMs: 0 } },
    ],
    ['queued', 'failed', { queue: { kind: 'gone' }, running: 0, departed: 1 }],
    ['failed', 'failed', { queue: { kind: 'none' }, running: 0, departed: 0 }],
    ['queued', 'queued', { queue: { kind: 'none' }, running: 0, departed: 0 }],
  ] as const)('%s to %s', (before, after, expected) => {
    expect(moveOf(state(before), state(after), now, settings)).toMatchObject(expected);
  });

  it('gives a lease its time, and a render its deadline', () => {
    const leased = {
      kind: 'leased',
      workerId: 'wrk_1',
      attempt: 1,
      leaseId: 'lease_1',
      leaseUntil: new Date(now.getTime() + 20_000),
    };
    expect(moveOf(state('queued'), state('leased'), now, settings).queue).toEqual(leased);
    expect(moveOf(state('leased'), state('rendering'), now, settings).queue).toEqual({
      ...leased,
      renderDeadlineAt: new Date(now.getTime() + 900_000),
    });
  });
});
