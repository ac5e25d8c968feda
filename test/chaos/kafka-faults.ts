import { setTimeout as delay } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import type { Arena } from './arena.ts';
import { type Fault, type Hit, type Scene, somethingInFlight, unheard, UNPUBLISHED } from './faults.ts';
import { type Published, readTopic } from './kafka-record.ts';

const JOBS_TOPIC = 'usvideo.jobs.v1';
const CONSUMERS = ['ledger', 'webhooks'] as const;
const PARTITIONS = 16;
const RECENT = 20;
const REPLAYED_PARTITIONS = 6;
const DONE_WITHIN_MS = 30_000;

const groupOf = (consumer: string) => `${consumer}.${JOBS_TOPIC}`;

/** Sends messages that were published before once more, when some of them are about jobs under way. */
async function sendAgain({ arena }: Scene, choose: (read: readonly Published[]) => readonly Published[]): Promise<Hit> {
  let chosen: readonly Published[] = [];
  const inFlight = await somethingInFlight(async () => {
    chosen = choose(await readTopic(arena, JOBS_TOPIC));
    const underWay = new Set((await arena.sql<{ job_id: string }>('scheduler', 'select job_id from job where ended_at is null')).map(({ job_id: id }) => id));
    return new Set(chosen.map(({ message }) => message.key!.toString()).filter((jobId) => underWay.has(jobId))).size;
  });
  const producer = arena.kafka.producer({ createPartitioner: () => ({ message }) => message.partition!, allowAutoTopicCreation: false });
  try {
    await producer.connect();
    const messages = chosen.map(({ partition, message: { key, value, headers } }) => ({ partition, key, value, headers: headers as kafkajs.IHeaders }));
    for (let sent = 0; sent < messages.length; sent += 500) await producer.send({ topic: JOBS_TOPIC, messages: messages.slice(sent, sent + 500) });
  } finally {
    await producer.disconnect();
  }
  return { target: `${chosen.length} messages`, inFlight, unit: 'jobs under way among them' };
}

/** The last messages of every partition, as a producer does that saw no acknowledgement. */
export const duplicated: Fault = {
  kind: 'messages duplicated',
  holds: ['kafka'],
  inflict: (scene) => sendAgain(scene, (read) => [...Map.groupBy(read, ({ partition }) => partition).values()].flatMap((of) => of.slice(-RECENT))),
};

/** Some partitions from their beginning. */
export const replayed: Fault = {
  kind: 'messages replayed',
  holds: ['kafka'],
  inflict: (scene) => sendAgain(scene, (read) => {
    const partitions = new Set(scene.dice.shuffled([...new Set(read.map(({ partition }) => partition))]).slice(0, REPLAYED_PARTITIONS));
    return read.filter(({ partition }) => partitions.has(partition));
  }),
};

/** A stranger joins a consumer group, is given partitions, reads nothing and leaves. */
export const rebalanced: Fault = {
  kind: 'forced rebalance',
  holds: ['kafka'],
  inflict: async ({ arena, dice }) => {
    const consumer = dice.pick(CONSUMERS);
    const stranger = arena.kafka.consumer({ groupId: groupOf(consumer), sessionTimeout: 6_000, rebalanceTimeout: 6_000, allowAutoTopicCreation: false });
    const inFlight = await somethingInFlight(() => unheard(arena, consumer));
    try {
      await stranger.connect();
      await stranger.subscribe({ topics: [JOBS_TOPIC], fromBeginning: false });
      const joined = new Promise<void>((resolve) => { stranger.on(stranger.events.GROUP_JOIN, () => resolve()); });
      await stranger.run({ autoCommit: false, eachBatch: async ({ pause }) => { pause(); } });
      await joined;
      await delay(dice.between(300, 2_000));
    } finally {
      await stranger.disconnect();
    }
    return { target: groupOf(consumer), inFlight, unit: 'unheard events' };
  },
};

/** A group may only be deleted while nobody is in it, so its members stop in order and start again. */
export const offsetsDeleted: Fault = {
  kind: 'group offsets deleted',
  holds: ['kafka', ...CONSUMERS],
  inflict: async ({ arena, dice }) => {
    const consumer = dice.pick(CONSUMERS);
    const members = arena.named(consumer);
    await Promise.all(members.map((part) => part.stop()));
    const inFlight = await somethingInFlight(() => unheard(arena, consumer));
    try {
      await again(() => arena.administer((admin) => admin.deleteGroups([groupOf(consumer)])));
    } finally {
      // Another fault may hit them while they start; then the cluster starts them once more.
      await Promise.all(members.map((part) => part.start().catch(() => arena.serving(part.name))));
    }
    return { target: groupOf(consumer), inFlight, unit: 'unheard events' };
  },
};

/** What was in it is gone: consumers get it from the publisher's log, and the relay goes on where it stood. */
export const topicRecreated: Fault = {
  kind: 'topic recreated',
  holds: ['kafka'],
  inflict: async ({ arena, record }) => {
    await record.keep(JOBS_TOPIC);
    const inFlight = await somethingInFlight(async () => (await arena.count('scheduler', UNPUBLISHED)) + (await unheard(arena, 'webhooks')));
    await again(() => arena.administer((admin) => admin.deleteTopics({ topics: [JOBS_TOPIC] })));
    await again(() => createTopic(arena));
    return { target: JOBS_TOPIC, inFlight, unit: 'events unpublished or unheard' };
  },
};

/** A relay may be quicker, which is as good. */
async function createTopic(arena: Arena): Promise<void> {
  await arena.administer(async (admin) => {
    await admin.createTopics({ topics: [{ topic: JOBS_TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }], waitForLeaders: true });
    const { topics } = await admin.fetchTopicMetadata({ topics: [JOBS_TOPIC] });
    if (topics[0]?.partitions.length !== PARTITIONS) throw new Error(`${JOBS_TOPIC} is not there yet`);
  });
}

async function again(work: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + DONE_WITHIN_MS; ; await delay(300)) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
