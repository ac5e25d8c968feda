import type { LoggedEvent } from '@usvideo/event-store';
import type { KafkaMessage } from 'kafkajs';
import { eventOf, messageOf } from './kafka-message';

const EVENT: LoggedEvent = {
  epoch: '3f7c',
  shard: 5,
  seq: 9_007_199_254_740_993n,
  eventId: 'evt_1',
  previousEventId: 'evt_0',
  streamId: 'job_1',
  version: 2n,
  accountId: 'acc_1',
  environment: 'live',
  kind: 'job_submitted',
  payload: Buffer.from([1, 2, 3]),
  traceparent: '00-aa-bb-01',
  recordedAt: new Date('2026-01-02T03:04:05.678Z'),
};

/** As the broker gives back what was sent. */
function received(changes: Record<string, string> = {}): Pick<KafkaMessage, 'key' | 'value' | 'headers'> {
  const { key, value, headers } = messageOf('usvideo.jobs.v1', EVENT);
  const sent = Object.entries({ ...headers, ...changes }).map(([name, text]) => [name, Buffer.from(String(text))]);
  return {
    key: Buffer.from(key as string),
    value: value as Buffer,
    headers: Object.fromEntries(sent) as KafkaMessage['headers'],
  };
}

test('a message gives back the event it was made of', () => {
  expect(eventOf(5, received())).toEqual(EVENT);
});

test('a message is a CloudEvent in the partition of its shard, with its stream as the key', () => {
  expect(messageOf('usvideo.jobs.v1', EVENT)).toMatchObject({
    partition: 5,
    key: 'job_1',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'evt_1',
      ce_source: '/usvideo.jobs.v1',
      ce_type: 'usvideo.jobs.v1.job_submitted',
      ce_subject: 'job_1',
      ce_time: '2026-01-02T03:04:05.678Z',
      'content-type': 'application/protobuf',
      traceparent: '00-aa-bb-01',
    },
  });
});

test.each([
  ['of another shard', { shard: '6' }],
  ['without a sequence', { seq: '' }],
  ['with a sequence that is none', { seq: '-1' }],
  ['without a version', { version: 'x' }],
  ['without an id', { ce_id: '' }],
  ['without an epoch', { epoch: '' }],
  ['without a time', { ce_time: 'soon' }],
])('a message %s is no event', (_, changes) => {
  expect(eventOf(5, received(changes))).toBeUndefined();
});

test('a message without headers or key is no event', () => {
  expect(eventOf(5, { key: null, value: Buffer.from('who am I'), headers: undefined })).toBeUndefined();
  expect(eventOf(5, { ...received(), key: null })).toBeUndefined();
});
