import type { LoggedEvent } from '@usvideo/event-store';
import { PartitionBuffer } from './partition-buffer';

const event = (seq: bigint) => ({ seq }) as LoggedEvent;

test('events leave in the order of their partition', () => {
  const arrivals = new PartitionBuffer();
  for (const seq of [1n, 2n, 3n]) arrivals.add(seq + 9n, event(seq));
  expect(arrivals.first(2).map(({ seq }) => seq)).toEqual([1n, 2n]);
  arrivals.handled(2);
  expect(arrivals.first(2).map(({ seq }) => seq)).toEqual([3n]);
});

test('progress ends before the first event that is not handled, and is told once', () => {
  const arrivals = new PartitionBuffer();
  expect(arrivals.takeProgress()).toBeUndefined();
  arrivals.add(10n, event(1n));
  arrivals.add(11n, undefined);
  arrivals.add(12n, event(2n));
  expect(arrivals.takeProgress()).toBeUndefined();
  arrivals.handled(1);
  expect(arrivals.takeProgress()).toBe(12n);
  expect(arrivals.takeProgress()).toBeUndefined();
  arrivals.handled(1);
  expect(arrivals.takeProgress()).toBe(13n);
});

test('messages that are no events are passed', () => {
  const arrivals = new PartitionBuffer();
  arrivals.add(10n, undefined);
  expect(arrivals.length).toBe(0);
  expect(arrivals.takeProgress()).toBe(11n);
});
