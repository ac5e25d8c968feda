import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, type Scene, somethingInFlight, TOPICS, UNDER_WAY, UNPUBLISHED } from './faults.ts';

interface Target {
  readonly unit: string;
  readonly inFlight: (scene: Scene, name: string) => number | Promise<number>;
}

/** What is lost when a process of the service is killed. */
const SERVICES: Readonly<Record<string, Target>> = {
  gateway: { unit: 'open requests', inFlight: ({ load }, name) => load.asking.open.get(name) ?? 0 },
  accounts: { unit: 'bytes of calls in the last second', inFlight: calls },
  ledger: {
    unit: 'pending holds',
    inFlight: async (scene, name) =>
      calls(scene, name) === 0
        ? 0
        : scene.disturbed.count('ledger', "select count(*) as n from hold where state = 'pending'"),
  },
  scheduler: {
    unit: 'jobs under way',
    inFlight: async (scene, name) => (calls(scene, name) === 0 ? 0 : scene.disturbed.count('scheduler', UNDER_WAY)),
  },
  webhooks: {
    unit: 'intents and deliveries owed',
    inFlight: ({ disturbed }) =>
      disturbed.count(
        'webhooks',
        "select (select count(*) from feed_intent) + (select count(*) from delivery where status = 'pending') as n",
      ),
  },
  'render-fleet': { unit: 'attempts rendering', inFlight: ({ disturbed }, name) => disturbed.rendering(name).length },
};

function calls({ disturbed, load }: Scene, name: string): number {
  const open = [...load.asking.open.values()].reduce((sum, count) => sum + count, 0);
  return open === 0 ? 0 : disturbed.links.into(name).reduce((sum, { recentBytes }) => sum + recentBytes, 0);
}

/** `kill -9` of each process of each service; the cluster starts it again. */
export function killings(services: readonly string[] = Object.keys(SERVICES)): Fault[] {
  return services.map((service) => ({
    kind: `kill -9 ${service}`,
    holds: [service],
    inflict: async (scene) => {
      const { disturbed, random } = scene;
      const { unit, inFlight } = SERVICES[service]!;
      const { name } = random.pick(disturbed.named(service));
      const found = await somethingInFlight(() => inFlight(scene, name));
      await disturbed.part(name).kill();
      await disturbed.serving(name);
      return { target: name, inFlight: found, unit };
    },
  }));
}

/** Ends without a checkpoint and recovers. */
export const postgresStop: Fault = {
  kind: 'PostgreSQL immediate stop',
  holds: ['postgres'],
  inflict: async ({ disturbed }) => {
    const inFlight = await somethingInFlight(() =>
      disturbed.count(
        'scheduler',
        "select count(*) as n from pg_stat_activity where state in ('active', 'idle in transaction') and application_name <> 'chaos' and backend_type = 'client backend' and query not like 'LISTEN%'",
      ),
    );
    await disturbed.part('postgres').kill();
    await disturbed.serving('postgres');
    return { target: 'postgres', inFlight, unit: 'transactions' };
  },
};

/** Killed one time and stopped in order the other. */
export const kafkaStop: Fault = {
  kind: 'Kafka stop',
  holds: ['kafka'],
  inflict: async ({ disturbed, random }) => {
    const kafka = disturbed.part('kafka');
    const inFlight = await somethingInFlight(() => disturbed.count('scheduler', UNPUBLISHED));
    if (random.chance(0.5)) await kafka.kill();
    else {
      await kafka.stop();
      await delay(random.between(500, 2_000));
      await kafka.start();
    }
    await disturbed.serving('kafka');
    return { target: 'kafka', inFlight, unit: 'unpublished events' };
  },
};

/** A submission gives up after five seconds and voids its hold. */
const SAGA_MS = 5_000;

/** A ledger stands still with holds to place in its hands, and places them when their submissions have long been given up. */
export const ledgerFrozen: Fault = {
  kind: 'SIGSTOP ledger past the submissions',
  holds: ['ledger'],
  inflict: async ({ disturbed, random }) => {
    const { name } = random.pick(disturbed.named('ledger'));
    disturbed.process(name).pause();
    const pausedAtMs = Date.now();
    const inFlight = await somethingInFlight(() =>
      disturbed.count('scheduler', "select count(*) as n from submission where state = 'authorizing'"),
    );
    await delay(Math.max(0, pausedAtMs + SAGA_MS + random.between(1_500, 4_000) - Date.now()));
    disturbed.process(name).resume();
    await disturbed.serving(name);
    return { target: name, inFlight, unit: 'submissions waiting for their holds' };
  },
};

/** Longer than a relay's lease of its shards. */
const RELAY_LEASE_MS = 10_000;

type Publisher = (typeof TOPICS)[keyof typeof TOPICS];

/** The relay that publishes most shards stands still until another has taken them, and then goes on as a zombie. */
function relayFrozen(service: Publisher): Fault {
  return {
    kind: 'SIGSTOP relay owner (zombie)',
    at: service,
    holds: [service],
    inflict: async ({ disturbed, random }) => {
      const owners = await disturbed.sql<{ owner: string; shards: string }>(
        service,
        'select owner, count(*) as shards from relay_cursor where owner is not null group by owner order by 2 desc',
      );
      const processes = disturbed.named(service);
      const named = processes.find((part) =>
        owners.some(({ owner }) => Number(owner.split(':')[1]) === part.row().pid),
      );
      if (named === undefined) return { target: service, inFlight: 0, unit: 'shards that changed hands' };
      const { owner } = owners.find((each) => Number(each.owner.split(':')[1]) === named.row().pid)!;
      const before = await disturbed.sql<{ shard: number }>(
        service,
        'select shard from relay_cursor where owner = $1',
        [owner],
      );
      const unpublished = await somethingInFlight(() => disturbed.count(service, UNPUBLISHED));
      disturbed.process(named.name).pause();
      await delay(RELAY_LEASE_MS + random.between(2_000, 4_000));
      const taken = await disturbed.count(
        service,
        'select count(*) as n from relay_cursor where shard = any($1::smallint[]) and owner is not null and owner <> $2',
        [before.map(({ shard }) => shard), owner],
      );
      disturbed.process(named.name).resume();
      await disturbed.serving(named.name);
      return { target: named.name, inFlight: unpublished > 0 ? taken : 0, unit: 'shards that changed hands' };
    },
  };
}

export const relaysFrozen: readonly Fault[] = Object.values(TOPICS).map(relayFrozen);
