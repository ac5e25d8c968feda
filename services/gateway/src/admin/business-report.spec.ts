import { businessRows, costMicrosOf, marginMicrosOf, totalOf } from './business-report';

const revenue = (day: string, model: string, chargedMicros: bigint, refundedMicros = 0n) => ({
  day,
  accountId: '',
  model,
  jobs: 2n,
  seconds: 10n,
  chargedMicros,
  refundedMicros,
});
const time = (day: string, model: string, slotMs: bigint) => ({
  day,
  accountId: '',
  model,
  completedJobs: 2n,
  otherJobs: 1n,
  attempts: 4n,
  slotMs,
  productiveMs: slotMs / 2n,
});

describe('the report of the business', () => {
  it('joins what was charged with what was rendered, also where there is only one of them', () => {
    const rows = businessRows(
      [revenue('2026-07-01', 'wan', 2_500_000n, 500_000n), revenue('2026-07-02', 'wan', 1n)],
      [time('2026-07-01', 'ltx', 7_000n), time('2026-07-01', 'wan', 30_000n)],
    );
    expect(rows.map(({ day, model, chargedMicros, slotMs }) => [day, model, chargedMicros, slotMs])).toEqual([
      ['2026-07-01', 'ltx', 0n, 7_000n],
      ['2026-07-01', 'wan', 2_500_000n, 30_000n],
      ['2026-07-02', 'wan', 1n, 0n],
    ]);
    expect(totalOf(rows)).toMatchObject({ chargedMicros: 2_500_001n, refundedMicros: 500_000n, slotMs: 37_000n });
  });

  it('takes refunds and slots from what was charged, and a loss is negative', () => {
    const [paid] = businessRows([revenue('', '', 2_500_000n, 500_000n)], [time('', '', 30_000n)]);
    expect([costMicrosOf(paid!, 694n), marginMicrosOf(paid!, 694n)]).toEqual([20_820n, 1_979_180n]);
    const [lost] = businessRows([], [time('', '', 1n)]);
    expect([costMicrosOf(lost!, 694n), marginMicrosOf(lost!, 694n)]).toEqual([1n, -1n]);
  });

  it('knows no margin where nobody said what a slot costs', () => {
    const [row] = businessRows([revenue('', '', 1n)], []);
    expect([costMicrosOf(row!, undefined), marginMicrosOf(row!, undefined)]).toEqual([undefined, undefined]);
  });
});
