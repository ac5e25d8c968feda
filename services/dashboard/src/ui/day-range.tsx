import { TextField } from './field';

export interface DayRangeProps {
  /** UTC days, both within the range. */
  readonly start: string;
  readonly end: string;
  readonly today: string;
  readonly onStart: (day: string) => void;
  readonly onEnd: (day: string) => void;
}

export function DayRange({ start, end, today, onStart, onEnd }: DayRangeProps) {
  return (
    <>
      <TextField label="From" type="date" value={start} max={end} onChange={({ target }) => onStart(target.value)} />
      <TextField
        label="To"
        type="date"
        value={end}
        min={start}
        max={today}
        onChange={({ target }) => onEnd(target.value)}
      />
    </>
  );
}
