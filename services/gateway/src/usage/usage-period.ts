import { invalidRequest } from '../refusals/refusal';

/** UTC days, both inclusive: this month so far, unless the request says otherwise. @throws Refusal invalid_request */
export function usagePeriod(
  start: string | undefined,
  end: string | undefined,
  now: Date,
): { startDate: string; endDate: string } {
  const endDate = end ?? dayOf(now);
  const startDate = start ?? `${(end ?? dayOf(now)).slice(0, 7)}-01`;
  if (startDate > endDate) throw invalidRequest([{ field: 'start_date', message: 'must not be after end_date' }]);
  return { startDate, endDate };
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
