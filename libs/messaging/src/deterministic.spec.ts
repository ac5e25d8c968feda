import { JobEvent } from '@usvideo/contracts/scheduler';
import { CommitOutcomeUnknown, TransactionRolledBack, type LoggedEvent } from '@usvideo/event-store';
import { decodeEvent, isDeterministic, ParkEvent } from './deterministic';

const withCode = (code: string | number) => Object.assign(new Error(String(code)), { code });

test.each([
  ['a handler that gives up', new ParkEvent('no such account')],
  ['a number out of range', withCode('22003')],
  ['a duplicate', withCode('23505')],
  ['a failed check', withCode('23514')],
  ['a bug that trips over the event', new TypeError('cannot read properties of undefined')],
])('%s parks', (_, error) => expect(isDeterministic(error)).toBe(true));

test.each([
  ['a deadlock', withCode('40P01')],
  ['a server that shuts down', withCode('57P01')],
  ['a full disk', withCode('53100')],
  ['a table that a migration is yet to make', withCode('42P01')],
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a service that is away', withCode(14)],
  ['a commit without an answer', new CommitOutcomeUnknown()],
  ['a commit that rolled back', new TransactionRolledBack()],
  ['anything unknown', new Error('?')],
  ['what is no error at all', undefined],
])('%s is tried again', (_, error) => expect(isDeterministic(error)).toBe(false));

const logged = (kind: string, payload: Uint8Array): LoggedEvent => ({
  epoch: 'e',
  shard: 0,
  seq: 1n,
  eventId: 'evt_1',
  previousEventId: '',
  streamId: 's',
  version: 1n,
  accountId: 'a',
  environment: 'live',
  kind,
  payload,
  traceparent: '',
  recordedAt: new Date(0),
});

test("the payload is the union of the topic's message", () => {
  const payload = JobEvent.encode(JobEvent.fromPartial({ event: { $case: 'jobCancelled', value: {} } })).finish();
  expect(decodeEvent(JobEvent, logged('job_cancelled', payload)).$case).toBe('jobCancelled');
});

test('a kind of a later version parks until an upgrade', () => {
  const fieldOfTheFuture = Buffer.from([0xba, 0x3e, 0x01, 0x00]);
  expect(() => decodeEvent(JobEvent, logged('job_painted_blue', fieldOfTheFuture))).toThrow(
    new ParkEvent('unknown kind job_painted_blue'),
  );
});

test('bytes that are no message park', () => {
  expect(() => decodeEvent(JobEvent, logged('job_submitted', Buffer.from([0x0a, 0xff])))).toThrow(ParkEvent);
});
