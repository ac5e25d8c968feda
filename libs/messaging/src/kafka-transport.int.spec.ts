import { randomUUID } from 'node:crypto';
import { EventLog, type LogReader, type LoggedEvent } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import { describeKafka } from '@usvideo/testing';
import type { Kafka, Producer } from 'kafkajs';
import { kafkaClients, type KafkaClients } from './kafka-client';
import { eventOf, messageOf } from './kafka-message';
import { KafkaTransport } from './kafka-transport';
import type { EventTransport } from './transport';
import { transportConformance } from './transport.conformance';
import type { Faults, TransportHarness } from './world.fixture';

/** Clients whose producers write what a fault makes of a batch, so that it is really there in the partition. */
function distorted(clients: KafkaClients, faults: Faults): KafkaClients {
  return (purpose) => {
    const kafka: Kafka = clients(purpose);
    const makeProducer = kafka.producer.bind(kafka);
    kafka.producer = (config) => {
      const producer: Producer = makeProducer(config);
      const send = producer.send.bind(producer);
      producer.send = async (record) => {
        const events = record.messages.map((message) => eventOf(message.partition!, { ...message, key: Buffer.from(message.key as string) } as never)!);
        const messages = faults.deliver(events).map((event) => messageOf(record.topic, event));
        return messages.length === 0 ? [] : send({ ...record, messages });
      };
      return producer;
    };
    return kafka;
  };
}

function harnessOf(brokers: () => string[]): TransportHarness {
  return {
    name: 'kafka',
    open: async (faults: Faults, logger: Logger) => {
      const logs = new Map<string, LogReader>();
      const history: LogReader = {
        page: async (positions, limit) => {
          const { epoch, events } = await logs.values().next().value!.page(positions, limit);
          return { epoch, events: [...positions.keys()].flatMap((shard) => faults.history(events.filter((event: LoggedEvent) => event.shard === shard))) };
        },
      };
      const clients = distorted(kafkaClients({ brokers: brokers() }, 'test', logger), faults);
      const kafka = new KafkaTransport({ clients, logger, openLog: () => history, namePrefix: `${randomUUID()}.` });
      const transport: EventTransport = {
        publish: (publication) => { logs.set(publication.topic, new EventLog(publication.database)); return kafka.publish(publication); },
        subscribe: (subscription) => kafka.subscribe(subscription),
      };
      return { transport, stop: async () => undefined };
    },
  };
}

describeKafka('on a real broker', (brokers) => transportConformance(harnessOf(brokers)));
