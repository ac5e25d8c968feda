import { faultOfCharacters } from '@usvideo/contracts/text';
import { z } from 'zod';
import { ruled } from './schema';

/** Fields that several operations take, each with the one rule that every service behind can hold. */

const WEB_ADDRESS_CHARACTERS_MAX = 2_048;
const WEB_ADDRESS = z.url({ protocol: /^https?$/ });

/** The length comes before the pattern, which is expensive on long input. */
export const webAddress = ruled(
  (value) =>
    faultOfCharacters(value, WEB_ADDRESS_CHARACTERS_MAX) ??
    (WEB_ADDRESS.safeParse(value).success ? undefined : 'must be an http or https URL'),
).meta({ format: 'uri', maxLength: WEB_ADDRESS_CHARACTERS_MAX });

/** What a database and its drivers can hold, and a calendar of UTC days can count. */
const FIRST_MOMENT = Date.UTC(1970, 0, 1);
const LAST_MOMENT = Date.UTC(2999, 11, 31, 23, 59, 59);
const DAY = z.iso.date();
const MOMENT = z.iso.datetime({ offset: true });

const inCalendar = (value: string): string | undefined => {
  const ms = Date.parse(value);
  return ms >= FIRST_MOMENT && ms <= LAST_MOMENT ? undefined : 'must be in the years 1970 to 2999';
};

export const day = ruled((value) =>
  DAY.safeParse(value).success ? inCalendar(value) : 'must be a date as YYYY-MM-DD',
).meta({ format: 'date' });

/** In a query an unencoded + arrives as a blank, and at the place of an offset it can have been nothing else. */
const BLANK_FOR_PLUS = /^(\S{16,40}) (\d{2}:?\d{2})$/;
const withPlus = (value: string): string => value.replace(BLANK_FOR_PLUS, '$1+$2');

export const moment = ruled((value) =>
  MOMENT.safeParse(withPlus(value)).success
    ? inCalendar(withPlus(value))
    : 'must be a date and time as 2026-01-31T12:00:00Z',
).meta({ format: 'date-time' });

export function dateOf(value: string | undefined): Date | undefined {
  return value === undefined ? undefined : new Date(withPlus(value));
}

export const keyId = z.string().regex(/^key_[\w-]{1,100}$/);
export const jobId = z.string().regex(/^job_[0-9A-Za-z]{1,64}$/);

const SEQUENCE_MAX = 2_147_483_647;

/** The cursor of a list that is numbered from 1. */
export const sequenceCursor = {
  test: (value: string): boolean => /^[1-9]\d{0,9}$/.test(value) && Number(value) <= SEQUENCE_MAX,
};
