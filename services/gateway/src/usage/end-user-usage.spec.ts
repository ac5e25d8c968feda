import type { UsageRow } from '@usvideo/contracts/ledger';
import { END_USERS_MAX, EndUserUsage } from './end-user-usage';

const row = (jobId: string, chargedMicros = 1_250_000n, refundedMicros = 0n): UsageRow => ({
  jobId,
  apiKeyId: 'key_1',
  day: '2026-03-02',
  model: 'm',
  resolution: '720p',
  durationSeconds: 5,
  perSecondMicros: 250_000n,
  chargedMicros,
  chargedAt: new Date(0),
  refundedMicros,
});

it('adds up by end user, the dearest first, and keeps those without one together', () => {
  const usage = new EndUserUsage();
  expect(
    usage.add(
      [row('job_1'), row('job_2', 500_000n), row('job_3')],
      new Map([
        ['job_1', 'ada'],
        ['job_2', 'bob'],
      ]),
    ),
  ).toBe(true);
  usage.add([row('job_4', 1_250_000n, 250_000n)], new Map([['job_4', 'ada']]));
  expect(usage.sorted()).toEqual([
    { group: 'ada', jobs: 2n, seconds: 10n, chargedMicros: 2_500_000n, refundedMicros: 250_000n },
    { group: '', jobs: 1n, seconds: 5n, chargedMicros: 1_250_000n, refundedMicros: 0n },
    { group: 'bob', jobs: 1n, seconds: 5n, chargedMicros: 500_000n, refundedMicros: 0n },
  ]);
});

it('says when there are more end users than it may remember', () => {
  const rows = Array.from({ length: END_USERS_MAX + 1 }, (_, index) => row(`job_${index}`));
  const named = new Map(rows.map(({ jobId }) => [jobId, jobId]));
  const usage = new EndUserUsage();
  expect(usage.add(rows.slice(1), named)).toBe(true);
  expect(usage.add(rows.slice(0, 1), named)).toBe(false);
});
