import type { LoggedEvent } from '../log/logged-event';
import { arrivalOf } from './watermark';

const mark = { epoch: 'one', seq: 5n, eventId: 'evt_5' };
const event = (change: Partial<LoggedEvent>): LoggedEvent => ({
  epoch: 'one',
  shard: 0,
  seq: 6n,
  eventId: 'evt_6',
  previousEventId: 'evt_5',
  streamId: 's',
  version: 1n,
  accountId: 'a',
  environment: 'live',
  kind: 'k',
  payload: Buffer.alloc(0),
  traceparent: '',
  recordedAt: new Date(0),
  ...change,
});

test.each([
  ['the event behind the watermark', {}, 'next'],
  ['the watermark itself', { seq: 5n }, 'duplicate'],
  ['anything below it', { seq: 1n }, 'duplicate'],
  ['an event with one missing before it', { seq: 7n }, 'gap'],
  ['the next sequence behind another event', { previousEventId: 'evt_other' }, 'broken_chain'],
  ['another epoch, even below', { epoch: 'two', seq: 1n }, 'new_epoch'],
  ['another epoch in sequence', { epoch: 'two' }, 'new_epoch'],
] as const)('%s', (_, change, arrival) => {
  expect(arrivalOf(mark, event(change))).toBe(arrival);
});

test('a consumer without a watermark takes any epoch, from the first event on', () => {
  const fresh = { epoch: '', seq: 0n, eventId: '' };
  expect(arrivalOf(fresh, event({ seq: 1n, previousEventId: '', epoch: 'any' }))).toBe('next');
  expect(arrivalOf(fresh, event({ seq: 2n, epoch: 'any' }))).toBe('gap');
});
