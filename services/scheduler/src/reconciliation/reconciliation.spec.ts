import { type HoldFact, type JobFact, Reconciliation, type Settlement } from './reconciliation';

const LONG_AGO = new Date('2026-03-01T12:00:00Z');
const NOW = new Date('2026-03-02T12:00:00Z');
const JUDGED_BEFORE = new Date('2026-03-02T11:50:00Z');
const charged: Settlement = { chargedMicros: 1_250_000n, releasedMicros: 0n, rule: 'completed' };
const released: Settlement = { chargedMicros: 0n, releasedMicros: 1_250_000n, rule: 'cancelled' };

const submitted = (at = LONG_AGO, environment = 'live'): JobFact => ({
  kind: 'submitted',
  jobId: 'job_1',
  at,
  environment,
  estimatedMicros: 1_250_000n,
});
const ended = (verdict = charged, at = LONG_AGO): JobFact => ({
  kind: 'ended',
  jobId: 'job_1',
  at,
  completed: verdict.rule === 'completed',
  verdict,
});
const placed = (at = LONG_AGO, amountMicros = 1_250_000n): HoldFact => ({
  kind: 'placed',
  jobId: 'job_1',
  at,
  amountMicros,
});
const posted = (posting = charged, at = LONG_AGO): HoldFact => ({ kind: 'posted', jobId: 'job_1', at, posting });

function reconcile(
  jobs: JobFact[],
  holds: HoldFact[],
  holdsFirst = false,
): { differences: string[]; underWay: number } {
  const reconciliation = new Reconciliation(JUDGED_BEFORE);
  const told = [
    () => jobs.forEach((fact) => reconciliation.job(fact)),
    () => holds.forEach((fact) => reconciliation.hold(fact)),
  ];
  for (const tell of holdsFirst ? told.reverse() : told) tell();
  return { differences: reconciliation.differences(), underWay: reconciliation.underWay };
}

describe.each([false, true])('jobs and holds agree (the ledger read first: %s)', (holdsFirst) => {
  it.each<[string, JobFact[], HoldFact[]]>([
    ['a completed job that was captured', [submitted(), ended()], [placed(), posted()]],
    ['a cancelled job that was released', [submitted(), ended(released)], [placed(), posted(released)]],
    ['a job that is alive', [submitted()], [placed()]],
    ['a test job that was captured', [submitted(LONG_AGO, 'test'), ended()], [placed(), posted()]],
    [
      'a test job from before the sandbox had holds',
      [submitted(LONG_AGO, 'test'), ended({ ...released, releasedMicros: 0n })],
      [],
    ],
    ['a test job whose verdict came after that', [submitted(LONG_AGO, 'test'), ended()], []],
    ['a hold that was voided', [], [placed(), posted({ ...released, rule: 'voided' })]],
    [
      'the tombstone of a hold that was never placed',
      [],
      [posted({ chargedMicros: 0n, releasedMicros: 0n, rule: 'voided' })],
    ],
  ])('%s', (_, jobs, holds) => {
    expect(reconcile(jobs, holds, holdsFirst)).toEqual({ differences: [], underWay: 0 });
  });
});

describe.each([false, true])('a difference is told in a sentence (the ledger read first: %s)', (holdsFirst) => {
  it.each<[string, JobFact[], HoldFact[], string]>([
    [
      'a completed job that was not captured',
      [submitted(), ended()],
      [placed()],
      'job_1 ended at 2026-03-01T12:00:00.000Z, its verdict charges $1.25 and releases $0.00 as completed, and the hold is still pending',
    ],
    [
      'a completed job whose hold was released',
      [submitted(), ended()],
      [placed(), posted(released)],
      'job_1: the verdict charges $1.25 and releases $0.00 as completed, the ledger charges $0.00 and releases $1.25 as cancelled',
    ],
    [
      'a job that was charged without completing',
      [submitted(), ended({ ...charged, rule: 'engine_error' })],
      [placed(), posted({ ...charged, rule: 'engine_error' })],
      'job_1 did not complete and its verdict charges $1.25 and releases $0.00 as engine_error',
    ],
    [
      'a completed job that was charged too little',
      [submitted(), ended({ ...charged, chargedMicros: 1n })],
      [placed(), posted({ ...charged, chargedMicros: 1n })],
      'job_1 completed, its verdict charges $0.000001 and releases $0.00 as completed, and $1.25 was held',
    ],
    [
      'a completed test job that was not captured',
      [submitted(LONG_AGO, 'test'), ended()],
      [placed()],
      'job_1 ended at 2026-03-01T12:00:00.000Z, its verdict charges $1.25 and releases $0.00 as completed, and the hold is still pending',
    ],
    [
      'another rule',
      [submitted(), ended(released)],
      [placed(), posted({ ...released, rule: 'voided' })],
      'job_1: the verdict charges $0.00 and releases $1.25 as cancelled, the ledger charges $0.00 and releases $1.25 as voided',
    ],
    [
      'a hold without a job',
      [],
      [placed()],
      'job_1: $1.25 is held since 2026-03-01T12:00:00.000Z for a job that does not exist',
    ],
    [
      'a charge without a job',
      [],
      [placed(), posted()],
      'job_1: the ledger charges $1.25 and releases $0.00 as completed for a job that does not exist',
    ],
    ['a job without a hold', [submitted()], [], 'job_1 was submitted and its hold was never placed'],
    [
      'a job charged before its end',
      [submitted()],
      [placed(), posted()],
      'job_1 has not ended and the ledger charges $1.25 and releases $0.00 as completed',
    ],
    [
      'another price',
      [submitted(), ended(released)],
      [placed(LONG_AGO, 1n), posted(released)],
      'job_1 was accepted for $1.25 and $0.000001 was held',
    ],
  ])('%s', (_, jobs, holds, sentence) => {
    expect(reconcile(jobs, holds, holdsFirst).differences).toEqual([sentence]);
  });
});

it('sees a second capture, also after the first one was found right', () => {
  expect(reconcile([submitted(), ended()], [placed(), posted(), posted()]).differences).toEqual([
    'job_1: the ledger charges $1.25 and releases $0.00 as completed for a job that does not exist',
  ]);
  expect(reconcile([submitted(), ended()], [placed(), posted(), posted()], true).differences).toContain(
    'job_1: its hold ended twice, the second time charges $1.25 and releases $0.00 as completed',
  );
});

it.each<[string, JobFact[], HoldFact[]]>([
  ['a job that ended a moment ago', [submitted(), ended(charged, NOW)], [placed()]],
  ['a hold placed a moment ago', [], [placed(NOW)]],
  ['a job read before its hold', [], [placed(NOW), posted(charged, NOW)]],
])('leaves what is under way alone: %s', (_, jobs, holds) => {
  expect(reconcile(jobs, holds)).toEqual({ differences: [], underWay: 1 });
});
