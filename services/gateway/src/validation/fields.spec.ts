import type { z } from 'zod';
import { dateOf, day, moment, sequenceCursor, webAddress } from './fields';

const faultOf = (field: z.ZodType, value: unknown) => field.safeParse(value).error?.issues[0]?.message;

describe('a field', () => {
  it.each<[string, z.ZodType, string, RegExp]>([
    ['a day before the calendar', day, '0000-01-01', /years 1970 to 2999/],
    ['a day behind it', day, '9999-12-31', /years/],
    ['a day that is not', day, '2027-02-29', /YYYY-MM-DD/],
    ['a moment of year 0', moment, '0001-01-01T00:00:00+14:00', /years/],
    ['a moment of year 10000', moment, '9999-12-31T23:59:59-12:00', /years/],
    ['a moment without a zone', moment, '2026-01-31T12:00:00', /2026-01-31T12:00:00Z/],
    ['a script for an address', webAddress, 'javascript:alert(1)', /http or https/],
    ['an address with half a character', webAddress, 'https://a.example/\ud800', /Unicode/],
  ])('refuses %s', (_, field, value, message) => {
    const before = process.cpuUsage();
    expect(faultOf(field, value)).toMatch(message);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(200);
  });

  it.each<[string, z.ZodType, string]>([
    ['a leap day', day, '2028-02-29'],
    ['a moment with microseconds', moment, '2026-01-31T12:00:00.123456+02:00'],
    ['an address', webAddress, 'https://example.com/x?y=1'],
  ])('takes %s', (_, field, value) => expect(faultOf(field, value)).toBeUndefined());

  it('reads a blank where an offset begins as the + that was not encoded', () => {
    expect(faultOf(moment, '2026-01-31T12:00:00 02:00')).toBeUndefined();
    expect(dateOf('2026-01-31T12:00:00 02:00')).toEqual(new Date('2026-01-31T10:00:00Z'));
  });

  it.each([
    ['1', true],
    ['2147483647', true],
    ['2147483648', false],
    ['0', false],
    ['-1', false],
    ['99999999999', false],
    ['', false],
  ])('a numbered cursor of %j: %s', (cursor, taken) => {
    expect(sequenceCursor.test(cursor)).toBe(taken);
  });
});
