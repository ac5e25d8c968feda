import type { Artifact } from '@usvideo/contracts/scheduler';
import { ATTEMPTS_MAX, jobDecider, NO_JOB, type JobCommand, type JobFact, type JobRefusal, type JobState } from './job';

const T0 = new Date('2026-03-01T12:00:00.000Z');
const DEADLINE = new Date('2026-03-01T13:00:00.000Z');
const after = (seconds: number) => new Date(T0.getTime() + seconds * 1_000);
const terms = {
  model: 'test-picture',
  mode: 'text_to_video',
  resolution: '720p',
  aspectRatio: '',
  durationSeconds: 5,
  seed: 7,
};
const artifact: Artifact = {
  videoKey: 'v',
  thumbnailKey: 't',
  sizeBytes: 10n,
  sha256: '',
  width: 1280,
  height: 720,
  frames: 120,
  durationMs: 5_000,
};
const released = (rule: string) => ({ chargedMicros: 0n, releasedMicros: 1_250_000n, rule });

type Order = JobCommand extends infer Command ? (Command extends JobCommand ? Omit<Command, 'now'> : never) : never;
const submit = {
  type: 'Submit',
  terms,
  apiKeyId: 'key_1',
  estimatedCostMicros: 1_250_000n,
  deadlineAt: DEADLINE,
  jobClass: 'procedural',
} as const;
const lease = (leaseId: string) => ({ type: 'Lease', leaseId, workerId: 'wrk_1', engine: 'procedural' }) as const;
const start = (leaseId: string) => ({ type: 'StartRendering', leaseId, aspectRatio: '16:9' }) as const;
const complete = (leaseId: string) => ({ type: 'Complete', leaseId, artifact }) as const;
const fail = (leaseId: string, retryable = true) =>
  ({ type: 'FailAttempt', leaseId, errorCode: 'engine_error', errorMessage: 'It broke.', retryable }) as const;
const cancel = (apiKeyId = 'key_1') => ({ type: 'Cancel', apiKeyId }) as const;
const lose = (leaseId: string) => ({ type: 'LoseLease', leaseId, reason: 'lease_expired' }) as const;

/** The state after these orders, each of which must be accepted. */
function given(...orders: readonly Order[]): JobState {
  return orders.reduce((state, order) => {
    const decision = jobDecider.decide(state, { ...order, now: after(1) } as JobCommand);
    if (!decision.accepted) throw new Error(`${order.type}: ${decision.refusal}`);
    return decision.events.reduce(jobDecider.evolve, state);
  }, NO_JOB);
}

function when(
  state: JobState,
  order: Order,
  now = after(2),
): { facts: string[]; state: JobState; refusal?: JobRefusal; events: readonly JobFact[] } {
  const decision = jobDecider.decide(state, { ...order, now } as JobCommand);
  if (!decision.accepted) return { facts: [], state, refusal: decision.refusal, events: [] };
  return {
    facts: decision.events.map((fact) => fact.$case),
    state: decision.events.reduce(jobDecider.evolve, state),
    events: decision.events,
  };
}

describe('the way of a job', () => {
  it('goes from submitted over leased and rendering to completed, and charges the whole hold then', () => {
    const done = given(submit, lease('a'), start('a'), complete('a'));
    expect(done).toMatchObject({
      name: 'completed',
      verdict: { chargedMicros: 1_250_000n, releasedMicros: 0n, rule: 'completed' },
      artifact,
      endedAt: after(1),
    });
    expect(done.terms.aspectRatio).toBe('16:9');
    expect(done.attempts).toEqual([
      {
        attempt: 1,
        leaseId: 'a',
        workerId: 'wrk_1',
        engine: 'procedural',
        startedAt: after(1),
        endedAt: after(1),
        outcome: 'completed',
        counts: true,
      },
    ]);
  });

  it('charges a test job as a live one', () => {
    const state = given(submit, lease('a'), start('a'));
    expect(when({ ...state, environment: 'test' }, complete('a')).state.verdict).toEqual(
      when(state, complete('a')).state.verdict,
    );
  });

  it('is submitted once and leased only while it is queued', () => {
    expect(when(given(submit), submit).refusal).toBe('job_exists');
    expect(when(given(submit, lease('a')), lease('b')).refusal).toBe('job_not_queued');
    expect(when(given(submit, cancel()), lease('b')).refusal).toBe('job_ended');
  });
});

describe('cancel', () => {
  it.each([
    ['queued', [submit]],
    ['leased', [submit, lease('a')]],
    ['queued again', [submit, lease('a'), start('a'), lose('a')]],
  ] as const)('releases a %s job', (_, orders) => {
    expect(when(given(...orders), cancel())).toMatchObject({
      facts: ['jobCancelled'],
      state: { name: 'cancelled', verdict: released('cancelled') },
    });
  });

  it.each([
    ['key_1', true],
    ['key_2', false],
    ['', false],
  ])("by %j is by the job's own key: %p", (apiKeyId, byOwnKey) => {
    expect(when(given(submit), cancel(apiKeyId)).events).toMatchObject([
      { $case: 'jobCancelled', value: { byOwnKey } },
    ]);
  });

  it('comes too late once rendering has started or the job has ended, and twice is once', () => {
    expect(when(given(submit, lease('a'), start('a')), cancel()).refusal).toBe('job_not_cancellable');
    expect(when(given(submit, lease('a'), start('a'), complete('a')), cancel()).refusal).toBe('job_not_cancellable');
    expect(when(given(submit, cancel()), cancel())).toMatchObject({ facts: [], state: { name: 'cancelled' } });
  });
});

describe('a lost attempt', () => {
  it('queues the job again until it has had its attempts', () => {
    const twice = given(submit, lease('a'), lose('a'), lease('b'), lose('b'));
    expect(twice.name).toBe('queued');
    const last = given(submit, lease('a'), lose('a'), lease('b'), fail('b'), lease('c'));
    expect(when(last, lose('c'))).toMatchObject({
      facts: ['jobFailed'],
      state: { name: 'failed', error: { code: 'engine_error' }, verdict: released('engine_error') },
    });
  });

  it('does not count when the worker handed it back by plan', () => {
    const handedBack = Array.from({ length: ATTEMPTS_MAX + 2 }, (_, index) => [
      lease(`h${index}`),
      { type: 'HandBack', leaseId: `h${index}` } as const,
    ]).flat();
    expect(given(submit, ...handedBack, lease('a'), lose('a')).name).toBe('queued');
  });

  it('fails the job at once when no other attempt can succeed, or its deadline has passed', () => {
    expect(
      when(given(submit, lease('a')), { ...fail('a', false), errorCode: 'first_frame_invalid' }).state,
    ).toMatchObject({ name: 'failed', verdict: released('first_frame_invalid') });
    expect(when(given(submit, lease('a')), lose('a'), DEADLINE).state).toMatchObject({
      name: 'failed',
      error: { code: 'deadline_exceeded' },
    });
  });
});

describe('a report of an ended lease', () => {
  const relet = given(submit, lease('a'), start('a'), lose('a'), lease('b'), start('b'));

  it('is recorded once and changes nothing', () => {
    const stale = when(relet, complete('a'));
    expect(stale.facts).toEqual(['staleOutcomeRecorded']);
    expect(stale.state).toMatchObject({ name: 'rendering', attempts: [{ staleOutcome: 'completed' }, {}] });
    expect(when(stale.state, complete('a')).refusal).toBe('lease_lost');
    expect(when(relet, complete('never given')).refusal).toBe('lease_lost');
  });

  it('answers the same when it repeats what ended the lease', () => {
    expect(when(given(submit, lease('a'), start('a'), complete('a')), complete('a'))).toMatchObject({ facts: [] });
    expect(when(given(submit, lease('a'), fail('a')), fail('a'))).toMatchObject({ facts: [] });
  });
});

describe('the deadline', () => {
  it('ends a job that has not started rendering, and leaves a render alone', () => {
    expect(when(given(submit), { type: 'ExpireDeadline' }).refusal).toBe('deadline_not_reached');
    expect(when(given(submit, lease('a')), { type: 'ExpireDeadline' }, DEADLINE).state).toMatchObject({
      name: 'failed',
      error: { code: 'deadline_exceeded' },
    });
    const rendering = given(submit, lease('a'), start('a'));
    expect(when(rendering, { type: 'ExpireDeadline' }, DEADLINE).refusal).toBe('deadline_not_reached');
    expect(when(rendering, complete('a'), DEADLINE).state.name).toBe('completed');
  });

  it('turns a start that comes too late into the end of the job', () => {
    expect(when(given(submit, lease('a')), start('a'), DEADLINE)).toMatchObject({
      facts: ['jobFailed'],
      state: { name: 'failed', verdict: released('deadline_exceeded') },
    });
  });
});

it('erases the content of an ended job only, once', () => {
  expect(when(given(submit), { type: 'EraseContent' }).refusal).toBe('job_not_ended');
  const erased = when(given(submit, cancel()), { type: 'EraseContent' });
  expect(erased).toMatchObject({ facts: ['contentErased'], state: { contentErasedAt: after(2) } });
  expect(when(erased.state, { type: 'EraseContent' }).facts).toEqual([]);
});

it('completes only what has started', () => {
  expect(when(given(submit, lease('a')), complete('a')).refusal).toBe('rendering_not_started');
  expect(when(given(submit, lease('a'), start('a')), start('a'))).toMatchObject({ facts: [] });
});
