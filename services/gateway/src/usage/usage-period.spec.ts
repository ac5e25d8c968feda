import { usagePeriod } from './usage-period';

const NOW = new Date('2026-03-01T00:00:00.000Z');

it.each([
  ['this month so far', undefined, undefined, ['2026-03-01', '2026-03-01']],
  ['of one day', '2026-02-28', '2026-02-28', ['2026-02-28', '2026-02-28']],
  ['over the end of a month', '2026-02-28', '2026-03-01', ['2026-02-28', '2026-03-01']],
  ['of the month that a last day is in', undefined, '2026-02-14', ['2026-02-01', '2026-02-14']],
])('is %s', (_, start, end, [startDate, endDate]) =>
  expect(usagePeriod(start, end, NOW)).toEqual({ startDate, endDate }),
);

it('does not end before it begins', () =>
  expect(() => usagePeriod('2026-03-02', '2026-03-01', NOW)).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  ));
