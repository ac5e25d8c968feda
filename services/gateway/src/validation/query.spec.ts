import { pageOf, parseQuery, renderList } from './query';
import { usageQuery } from '../money/billing-requests';
import { listVideosQuery } from '../http/requests';
import { Refusal } from '../refusals/refusal';
import { usagePeriod } from '../usage/usage-period';

function fieldsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return (error.extras.details ?? []).map((fault) => fault.field);
    throw error;
  }
  return [];
}

describe('a query', () => {
  it('reads integers, repeated values and defaults', () => {
    expect(parseQuery(listVideosQuery, { limit: '5', status: 'failed' })).toEqual({ limit: 5, status: ['failed'] });
    expect(parseQuery(listVideosQuery, { status: ['failed', 'completed'] })).toEqual({
      limit: 20,
      status: ['failed', 'completed'],
    });
    expect(parseQuery(listVideosQuery, { status: 'failed,completed' })).toEqual({
      limit: 20,
      status: ['failed', 'completed'],
    });
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'x' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: '' }, 'limit'],
    [{ limit: ['1', '2'] }, 'limit'],
    [{ offset: '-1' }, 'offset'],
    [{ status: 'done' }, 'status'],
    [{ status: 'failed,done' }, 'status'],
    [{ created_after: 'yesterday' }, 'created_after'],
    [{ created_after: '2026-01-01' }, 'created_after'],
    [{ page: '2' }, 'page'],
    [{ end_user: '\0' }, 'end_user'],
  ])('refuses %j', (raw, field) => expect(fieldsOf(() => parseQuery(listVideosQuery, raw))).toEqual([field]));

  it('names the cursor when an offset is too deep', () => {
    expect(() => pageOf({ limit: 20, offset: 10_001 }, /^job_/)).toThrow(
      /offset: must be at most 10000; page deeper with starting_after/,
    );
    expect(pageOf({ limit: 20, offset: 10_000 }, /^job_/).offset).toBe(10_000);
  });

  it('refuses an offset together with a cursor, and a cursor of another list', () => {
    expect(fieldsOf(() => pageOf({ limit: 20, offset: 0, starting_after: 'job_1' }, /^job_/))).toEqual([
      'starting_after',
    ]);
    expect(fieldsOf(() => pageOf({ limit: 20, starting_after: 'dlv_1' }, /^job_/))).toEqual(['starting_after']);
  });
});

describe('a list', () => {
  const page = { limit: 2, offset: 0, startingAfter: '' };

  it('passes the bytes of its items through', () => {
    expect(renderList(page, ['{"a": 1.0}', '{}'], true, 'job_2')).toBe(
      '{"object":"list","data":[{"a": 1.0},{}],"has_more":true,"next_cursor":"job_2","limit":2,"offset":0}',
    );
  });

  it('has no cursor at its end', () => {
    expect(JSON.parse(renderList(page, [], false, 'job_2'))).toMatchObject({
      data: [],
      has_more: false,
      next_cursor: null,
    });
  });
});

describe('the days of a usage request', () => {
  const now = new Date('2026-03-15T23:59:59Z');
  it('are this month so far by default', () =>
    expect(usagePeriod(undefined, undefined, now)).toEqual({ startDate: '2026-03-01', endDate: '2026-03-15' }));
  it('start with the month of the last one', () =>
    expect(usagePeriod(undefined, '2026-01-31', now)).toEqual({ startDate: '2026-01-01', endDate: '2026-01-31' }));
  it('may be one', () =>
    expect(usagePeriod('2026-02-01', '2026-02-01', now)).toEqual({ startDate: '2026-02-01', endDate: '2026-02-01' }));
  it('are in order', () => expect(() => usagePeriod('2026-02-01', '2026-01-31', now)).toThrow(/start_date/));
  it.each(['2026-02-30', '2026-1-1', 'today'])('refuse %s', (day) =>
    expect(fieldsOf(() => parseQuery(usageQuery, { start_date: day }))).toEqual(['start_date']),
  );
});
