/**
 * kafka: how fast recorded events reach the broker and how fast consumers take them, next to a bare kafkajs consumer that only
 * counts the same messages, and to one that writes each of them in a transaction of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendEvents,
  EMPTY_HEAD,
  EventLog,
  eventStoreSchema,
  inTransaction,
  openDatabase,
  type Database,
  type StreamAppend,
  type Transaction,
} from '@usvideo/event-store';
import { kafkaClients, KafkaTransport, type KafkaClients } from '@usvideo/messaging';
import { KafkaBroker, missingForKafka, startEmbeddedPostgres } from '@usvideo/servers';
import { createLogger } from '@usvideo/runtime';

const TOPIC = 'usvideo.bench.v1';
const EVENTS = 40_000;
const STREAMS = 200;
const PAYLOAD = Buffer.alloc(400, 'x');
const EFFECT = { name: 'effect', text: 'insert into effect (stream_id, version) values ($1, $2)' };

export interface KafkaRow {
  readonly case: string;
  readonly perSecond: number;
  readonly vsBare: number;
}

/** Undefined where this machine cannot run a broker. */
export async function measureKafka(): Promise<KafkaRow[] | undefined> {
  const missing = missingForKafka();
  if (missing !== undefined) {
    console.log(`kafka: not measured, because this machine lacks ${missing}`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const [postgres, broker] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true }),
    KafkaBroker.start({ dataDir: join(folder, 'kafka'), report: console.log }),
  ]);
  const databases: Database[] = [];
  const open = async (name: string) => {
    await postgres.createDatabase(name);
    const database = openDatabase({ url: postgres.url(name), poolSize: 8, applicationName: 'bench' }, () => undefined);
    databases.push(database);
    await database.query(
      `${eventStoreSchema}; create table effect (stream_id text, version bigint, primary key (stream_id, version))`,
    );
    return database;
  };
  try {
    return await measure(kafkaClients({ brokers: broker.brokers }, 'bench', createLogger('bench', 'warn')), open);
  } finally {
    await Promise.all(databases.map((database) => database.end()));
    await Promise.all([postgres.stop(), broker.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(clients: KafkaClients, open: (name: string) => Promise<Database>): Promise<KafkaRow[]> {
  const publisher = await open('publisher');
  await record(publisher);
  const transport = new KafkaTransport({
    clients,
    logger: createLogger('bench', 'warn'),
    openLog: () => new EventLog(publisher),
  });
  const relayed = await relay(transport, publisher);
  const bare = await bareConsumer(clients, 'count', async () => undefined);
  const each = await open('each');
  const oneByOne = await bareConsumer(clients, 'each', (streamId, version) =>
    inTransaction(each, async (tx) => {
      await tx.query({ ...EFFECT, values: [streamId, version] });
    }),
  );
  const nothing = await consumer(transport, 'nothing', await open('nothing'), async () => undefined);
  const insert = await consumer(transport, 'insert', await open('insert'), async (streamId, version, tx) => {
    await tx.query({ ...EFFECT, values: [streamId, version] });
  });
  return Object.entries({
    'bare kafkajs, counting': bare,
    'bare kafkajs, one insert and commit each': oneByOne,
    'KafkaTransport, no effect': nothing,
    'KafkaTransport, one insert each': insert,
    relay: relayed,
  }).map(([name, perSecond]) => ({ case: name, perSecond, vsBare: perSecond / bare }));
}

/** The log of a publisher that was busy while Kafka was away. */
async function record(database: Database): Promise<void> {
  const kinds = Array.from({ length: EVENTS / STREAMS }, () => ({ kind: 'bench', payload: PAYLOAD, traceparent: '' }));
  const streams = Array.from({ length: STREAMS }, (_, index): StreamAppend => ({
    streamId: `job_${index}`,
    accountId: `acc_${index}`,
    environment: 'live',
    head: EMPTY_HEAD,
    events: kinds,
  }));
  for (let at = 0; at < STREAMS; at += 20)
    await inTransaction(database, (tx, now) => appendEvents(tx, now, streams.slice(at, at + 20)));
}

async function relay(transport: KafkaTransport, database: Database): Promise<number> {
  const moved = async () =>
    Number((await database.query('select sum(last_seq) as moved from relay_cursor')).rows[0]!.moved);
  const running = transport.publish({ topic: TOPIC, database });
  while ((await moved()) === 0) await pause();
  const [begun, already] = [performance.now(), await moved()];
  while ((await moved()) < EVENTS) await pause();
  const perSecond = (EVENTS - already) / ((performance.now() - begun) / 1_000);
  await running.stop();
  return perSecond;
}

/** From the first message on, so that joining the group does not count. */
async function bareConsumer(
  clients: KafkaClients,
  groupId: string,
  handle: (streamId: string, version: string) => Promise<void>,
): Promise<number> {
  const client = clients('bare').consumer({ groupId });
  await client.connect();
  await client.subscribe({ topics: [TOPIC], fromBeginning: true });
  const [rate, count] = counted();
  await client.run({
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch }) => {
      for (const { key, headers } of batch.messages) {
        await handle(key!.toString(), headers!.version!.toString());
        count();
      }
    },
  });
  const perSecond = await rate;
  await client.disconnect();
  return perSecond;
}

async function consumer(
  transport: KafkaTransport,
  name: string,
  database: Database,
  handle: (streamId: string, version: bigint, tx: Transaction) => Promise<void>,
): Promise<number> {
  const [rate, count] = counted();
  const running = transport.subscribe({
    consumer: name,
    topic: TOPIC,
    database,
    handle: async (event, tx) => {
      await handle(event.streamId, event.version, tx);
      count();
    },
  });
  const perSecond = await rate;
  await running.stop();
  return perSecond;
}

/** The rate, once all events were counted. */
function counted(): [Promise<number>, () => void] {
  let [seen, begun] = [0, 0];
  let tell: (perSecond: number) => void;
  const rate = new Promise<number>((resolve) => {
    tell = resolve;
  });
  return [
    rate,
    () => {
      if (seen === 0) begun = performance.now();
      seen += 1;
      if (seen === EVENTS) tell(EVENTS / ((performance.now() - begun) / 1_000));
    },
  ];
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
