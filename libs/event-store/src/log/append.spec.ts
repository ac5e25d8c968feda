import { eventHash } from './append';

const event = {
  streamId: 'account:1',
  version: 3n,
  eventId: 'evt_1',
  kind: 'hold_placed',
  recordedAt: new Date('2026-03-01T12:00:00.123Z'),
  payload: Buffer.from([1, 2, 3]),
};
const previous = Buffer.alloc(32, 7);

test('the hash of an event is fixed for life', () => {
  expect(eventHash(previous, event).toString('hex')).toMatchInlineSnapshot(
    `"5d18b52fc70b7fea7c811da485646f9348cc95b212a40f29f0ffd59b135d798e"`,
  );
});

test.each([
  ['its predecessor', Buffer.alloc(32, 8), {}],
  ['its id', previous, { eventId: 'evt_2' }],
  ['its stream', previous, { streamId: 'account:2' }],
  ['its version', previous, { version: 4n }],
  ['its kind', previous, { kind: 'hold_released' }],
  ['its time', previous, { recordedAt: new Date('2026-03-01T12:00:00.124Z') }],
  ['its content', previous, { payload: Buffer.from([1, 2, 4]) }],
])('the hash covers %s', (_, before, change) => {
  expect(eventHash(before, { ...event, ...change })).not.toEqual(eventHash(previous, event));
});
