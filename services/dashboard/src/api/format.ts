const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const whole = new Intl.NumberFormat('en-US');
const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', 4.35],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
] as const;

export function exactTime(moment: string): string {
  return dateTime.format(new Date(moment));
}

/** "3 minutes ago", in the largest unit that says it. */
export function ago(moment: string, nowMs: number): string {
  let amount = (Date.parse(moment) - nowMs) / 1_000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size)
      return unit === 'second' && Math.abs(amount) < 5 ? 'just now' : relative.format(Math.round(amount), unit);
    amount /= size;
  }
  return moment;
}

export function count(value: number): string {
  return whole.format(value);
}

export function usd(micros: number): string {
  return dollars.format(micros / 1_000_000);
}

/** "4.2 s", "3 min 12 s". */
export function lasting(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export function plural(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The UTC day `days` before now, as the usage report takes it. */
export function utcDay(nowMs: number, daysBefore: number): string {
  return new Date(nowMs - daysBefore * 86_400_000).toISOString().slice(0, 10);
}

/** Every UTC day from one to the other, both included. */
export function daysBetween(start: string, end: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(start); at <= Date.parse(end) && days.length < 400; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** `in_use` and `spend_caps` as people write them. */
export function words(name: string): string {
  const text = name
    .replaceAll(/[_.]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
