import { setTimeout as delay } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import type { DisturbableCluster } from './disturbable-cluster.ts';
import {
  type Fault,
  type Consumption,
  CONSUMPTIONS,
  type Hit,
  owedIn,
  type Scene,
  somethingInFlight,
  type Topic,
  TOPICS,
  unheard,
} from './faults.ts';
import { type Published, readTopic } from './kafka-record.ts';

const ALL_TOPICS = Object.keys(TOPICS) as Topic[];
const PARTITIONS = 16;
const RECENT = 20;
const REPLAYED_PARTITIONS = 6;
const LEFT_OUT_MAX = 6;
const DONE_WITHIN_MS = 30_000;

const groupOf = ({ consumer, topic }: Consumption) => `${consumer}.${topic}`;

type Choice = (read: readonly Published[], scene: Scene) => readonly Published[];

/** Sends messages that were published before once more, when some of them are about jobs under way, or while the topic's next are under way. */
async function sendAgain(scene: Scene, topic: Topic, choose: Choice): Promise<Hit> {
  const { disturbed } = scene;
  let chosen: readonly Published[] = [];
  const inFlight = await somethingInFlight(async () => {
    chosen = choose(await readTopic(disturbed, topic), scene);
    return chosen.length === 0
      ? 0
      : topic === 'usvideo.jobs.v1'
        ? jobsUnderWay(disturbed, chosen)
        : owedIn(disturbed, topic);
  });
  const producer = disturbed.kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition!,
    allowAutoTopicCreation: false,
  });
  try {
    await producer.connect();
    const messages = chosen.map(({ partition, message: { key, value, headers } }) => ({
      partition,
      key,
      value,
      headers: headers as kafkajs.IHeaders,
    }));
    for (let sent = 0; sent < messages.length; sent += 500)
      await producer.send({ topic, messages: messages.slice(sent, sent + 500) });
  } finally {
    await producer.disconnect();
  }
  return {
    target: `${chosen.length} messages of ${topic}`,
    inFlight,
    unit: topic === 'usvideo.jobs.v1' ? 'jobs under way among them' : 'events unpublished or unheard',
  };
}

async function jobsUnderWay(disturbed: DisturbableCluster, chosen: readonly Published[]): Promise<number> {
  const underWay = new Set(
    (await disturbed.sql<{ job_id: string }>('scheduler', 'select job_id from job where ended_at is null')).map(
      ({ job_id: id }) => id,
    ),
  );
  return new Set(chosen.map(({ message }) => message.key!.toString()).filter((jobId) => underWay.has(jobId))).size;
}

/** The last messages of every partition, as a producer does that saw no acknowledgement. */
const lastOfEach: Choice = (read) =>
  [...Map.groupBy(read, ({ partition }) => partition).values()].flatMap((of) => of.slice(-RECENT));

/** Some partitions from their beginning, and not to their end: whoever handles what it has handled ends with what is out of date. */
const outdated: Choice = (read, { random }) => {
  const partitions = random
    .shuffled([...Map.groupBy(read, ({ partition }) => partition).values()])
    .slice(0, REPLAYED_PARTITIONS);
  return partitions.flatMap((of) => of.slice(0, -Math.ceil(random.between(0, LEFT_OUT_MAX))));
};

function sentAgain(kind: string, choose: Choice): Fault[] {
  return ALL_TOPICS.map((topic) => ({
    kind,
    at: topic,
    holds: ['kafka'],
    inflict: (scene) => sendAgain(scene, topic, choose),
  }));
}

/** A stranger joins a consumer group, is given partitions, reads nothing and leaves. */
function rebalanced(consumption: Consumption): Fault {
  return {
    kind: 'forced rebalance',
    at: groupOf(consumption),
    holds: ['kafka'],
    inflict: async ({ disturbed, random }) => {
      const stranger = disturbed.kafka.consumer({
        groupId: groupOf(consumption),
        sessionTimeout: 6_000,
        rebalanceTimeout: 6_000,
        allowAutoTopicCreation: false,
      });
      const inFlight = await somethingInFlight(() => unheard(disturbed, consumption));
      try {
        await stranger.connect();
        await stranger.subscribe({ topics: [consumption.topic], fromBeginning: false });
        const joined = new Promise<void>((resolve) => {
          stranger.on(stranger.events.GROUP_JOIN, () => resolve());
        });
        await stranger.run({
          autoCommit: false,
          eachBatch: async ({ pause }) => {
            pause();
          },
        });
        await joined;
        await delay(random.between(300, 2_000));
      } finally {
        await stranger.disconnect();
      }
      return { target: groupOf(consumption), inFlight, unit: 'unheard events' };
    },
  };
}

/** A group may only be deleted while nobody is in it, so its members stop in order and start again. */
function offsetsDeleted(consumption: Consumption): Fault {
  return {
    kind: 'group offsets deleted',
    at: groupOf(consumption),
    holds: ['kafka', consumption.consumer],
    inflict: async ({ disturbed }) => {
      const members = disturbed.named(consumption.consumer);
      await Promise.all(members.map((part) => part.stop()));
      const inFlight = await somethingInFlight(() => unheard(disturbed, consumption));
      try {
        await again(() => disturbed.administer((admin) => admin.deleteGroups([groupOf(consumption)])));
      } finally {
        // Another fault may hit them while they start; then the cluster starts them once more.
        await Promise.all(members.map((part) => part.start().catch(() => disturbed.serving(part.name))));
      }
      return { target: groupOf(consumption), inFlight, unit: 'unheard events' };
    },
  };
}

/** What was in it is gone: consumers get it from the publisher's log, and the relay goes on where it stood. */
function topicRecreated(topic: Topic): Fault {
  return {
    kind: 'topic recreated',
    at: topic,
    holds: ['kafka'],
    inflict: async ({ disturbed, record }) => {
      await record.keep(topic);
      const inFlight = await somethingInFlight(() => owedIn(disturbed, topic));
      await again(() => disturbed.administer((admin) => admin.deleteTopics({ topics: [topic] })));
      await again(() => createTopic(disturbed, topic));
      return { target: topic, inFlight, unit: 'events unpublished or unheard' };
    },
  };
}

export const kafkaFaults: readonly Fault[] = [
  ...sentAgain('messages duplicated', lastOfEach),
  ...sentAgain('messages replayed', outdated),
  ...CONSUMPTIONS.map(rebalanced),
  ...CONSUMPTIONS.map(offsetsDeleted),
  ...ALL_TOPICS.map(topicRecreated),
];

/** A relay may be quicker, which is as good. */
async function createTopic(disturbed: DisturbableCluster, topic: Topic): Promise<void> {
  await disturbed.administer(async (admin) => {
    await admin.createTopics({
      topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
      waitForLeaders: true,
    });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    if (topics[0]?.partitions.length !== PARTITIONS) throw new Error(`${topic} is not there yet`);
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
