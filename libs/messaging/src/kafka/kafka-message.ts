import type { LoggedEvent } from '@usvideo/event-store';
import type { KafkaMessage, Message } from 'kafkajs';

/**
 * One event as a Kafka message: a CloudEvent in binary mode (https://github.com/cloudevents/spec, Kafka protocol binding 1.0.2)
 * whose id is the event id, whose key is the stream id, and whose other headers place it in the publisher's log.
 */
export function messageOf(topic: string, event: LoggedEvent): Message {
  return {
    partition: event.shard,
    key: event.streamId,
    value: Buffer.from(event.payload),
    headers: {
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_source: `/${topic}`,
      ce_type: `${topic}.${event.kind}`,
      ce_subject: event.streamId,
      ce_time: event.recordedAt.toISOString(),
      'content-type': 'application/protobuf',
      epoch: event.epoch,
      shard: String(event.shard),
      seq: String(event.seq),
      previous_event_id: event.previousEventId,
      version: String(event.version),
      account_id: event.accountId,
      environment: event.environment,
      kind: event.kind,
      traceparent: event.traceparent,
    },
  };
}

/** Undefined for a message that no relay can have written into this partition. */
export function eventOf(
  partition: number,
  message: Pick<KafkaMessage, 'key' | 'value' | 'headers'>,
): LoggedEvent | undefined {
  const header = (name: string) => message.headers?.[name]?.toString() ?? '';
  const recordedAt = new Date(header('ce_time'));
  const placed =
    header('shard') === String(partition) && /^[1-9]\d*$/.test(header('seq')) && /^[1-9]\d*$/.test(header('version'));
  if (!placed || header('ce_id') === '' || header('epoch') === '' || !message.key || Number.isNaN(recordedAt.getTime()))
    return undefined;
  return {
    epoch: header('epoch'),
    shard: partition,
    seq: BigInt(header('seq')),
    eventId: header('ce_id'),
    previousEventId: header('previous_event_id'),
    streamId: message.key.toString(),
    version: BigInt(header('version')),
    accountId: header('account_id'),
    environment: header('environment'),
    kind: header('kind'),
    payload: message.value ?? Buffer.alloc(0),
    traceparent: header('traceparent'),
    recordedAt,
  };
}
