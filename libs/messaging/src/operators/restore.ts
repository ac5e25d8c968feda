import { parseArgs } from 'node:util';
import { EventLog, inTransaction, mintEpoch, openDatabase, SHARDS, type Database } from '@usvideo/event-store';
import { createLogger, databaseUrl } from '@usvideo/runtime';
import { z } from 'zod';
import { openTopic } from '../kafka/kafka-process';
import { kafkaSettings } from '../kafka-connection/kafka-settings';
import type { Tail, TailReader } from '../kafka/kafka-tail';

export const restoreSchema = z.object({ DATABASE_URL: databaseUrl(), ...kafkaSettings });
export type RestoreConfig = z.output<typeof restoreSchema>;

export interface RestoreCommand {
  /** The name under which the service connects to its database. */
  readonly service: string;
  readonly topic: string;
  readonly readConfig: () => RestoreConfig;
  /** Of the command line, without the program. */
  readonly args: readonly string[];
}

/** Nothing was changed, because nobody confirmed it. */
const NOT_CONFIRMED = 2;

const OPTIONS = { help: { type: 'boolean', default: false }, confirm: { type: 'boolean', default: false } } as const;

/**
 * The command `restore.js` beside a publisher's `main.js`.
 * @returns its exit code: 0 when an epoch was minted, 2 when one would have been, 1 when none can be
 */
export async function runRestore(command: RestoreCommand): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...command.args], options: OPTIONS });
    if (!values.help) return (await restored(command, values.confirm)) === undefined ? NOT_CONFIRMED : 0;
    console.log(helpOf(command));
    return 0;
  } catch (error) {
    console.error(`The epoch of ${command.service} was not changed. ${(error as Error).message}`);
    return 1;
  }
}

async function restored(
  { service, topic, readConfig }: RestoreCommand,
  confirmed: boolean,
): Promise<string | undefined> {
  const config = readConfig();
  const published = openTopic(config, topic, createLogger(service, 'fatal'));
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: 1, applicationName: 'restore' }, (error) =>
    console.error(error.message),
  );
  try {
    const epoch = await restoreLog({
      service,
      database,
      topic: published,
      confirmed,
      print: (line) => console.log(line),
    });
    console.log(
      epoch === undefined
        ? 'Nothing was changed. If this database was restored from a backup, say --confirm.'
        : `The epoch is ${epoch} from here on. Start ${service}, then see what its consumers lost: docs/runbooks/restore.md`,
    );
    return epoch;
  } finally {
    await database.end();
  }
}

function helpOf({ service, topic }: RestoreCommand): string {
  return `After the database of ${service} was restored from a backup, and before ${service} starts again: gives its events (${topic}) a new
epoch. Its relay then publishes although the topic knows more than the table, and its consumers notice.

  --confirm   do it; without, say what is found and change nothing (exit code ${NOT_CONFIRMED})
  --help      this text

Reads DATABASE_URL and KAFKA_BROKERS, with the other KAFKA_ settings of ${service} where it has any. Refuses while ${service} runs, and when it
has written since the restore. The whole procedure: docs/runbooks/restore.md`;
}

export interface RestoreOptions {
  readonly service: string;
  readonly database: Database;
  readonly topic: Pick<TailReader, 'tails' | 'find'>;
  readonly confirmed: boolean;
  readonly print: (line: string) => void;
}

/** The state of the database or of the service does not allow it; nothing was changed. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

interface Head {
  readonly shard: number;
  readonly seq: bigint;
}

/**
 * Mints an epoch for a log whose database was restored from a backup: says what it finds and, when confirmed, changes it. Doing it
 * twice does no more than doing it once: consumers join at the same events.
 * @returns the new epoch, undefined when it was not confirmed
 * @throws RestoreRefused while the service runs, and when it wrote since the restore
 */
export async function restoreLog({
  service,
  database,
  topic,
  confirmed,
  print,
}: RestoreOptions): Promise<string | undefined> {
  await refuseWhileRunning(service, database);
  const epoch = await new EventLog(database).epoch();
  const heads = await headsOf(database);
  const tails = await topic.tails().catch((error: unknown) => {
    throw new Error(`KAFKA_BROKERS: the ends of the topic cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  });
  for (const line of found(service, epoch, heads, tails)) print(line);
  for (const shard of await unknowable({ service, database, topic }, epoch, heads, tails))
    print(
      `  Shard ${shard}: the topic does not go back to where the table ends. Be sure that ${service} has not run since the restore.`,
    );
  if (!confirmed) return undefined;
  return inTransaction(database, (tx) => mintEpoch(tx));
}

/** The shards of which the topic does not tell whether the service has written since the restore. */
async function unknowable(
  options: Pick<RestoreOptions, 'service' | 'database' | 'topic'>,
  epoch: string,
  heads: readonly Head[],
  tails: ReadonlyMap<number, Tail>,
): Promise<number[]> {
  const ofEpoch = heads.filter(({ shard }) => tails.get(shard)?.epoch === epoch);
  const shared = await Promise.all(ofEpoch.map((head) => isShared(options, head, tails.get(head.shard)!)));
  return ofEpoch.filter((_, index) => !shared[index]).map(({ shard }) => shard);
}

const SESSIONS =
  'select count(*) as count from pg_stat_activity where datname = current_database() and application_name = $1';

const OWNERS = `
select owner, ceil(extract(epoch from owner_until - clock_timestamp()))::float8 as seconds from relay_cursor
where owner is not null and owner_until > clock_timestamp() order by owner_until desc`;

async function refuseWhileRunning(service: string, database: Database): Promise<void> {
  const sessions = await database.query<{ count: bigint }>({
    name: 'service_sessions',
    text: SESSIONS,
    values: [service],
  });
  const { count } = sessions.rows[0]!;
  if (count > 0n)
    throw new RestoreRefused(
      `${service} is connected to its database with ${count} sessions: stop all its processes first`,
    );
  const owners = await database.query<{ owner: string; seconds: number }>(OWNERS);
  const [first] = owners.rows;
  if (first === undefined) return;
  throw new RestoreRefused(
    `relay_cursor: ${first.owner} publishes ${owners.rows.length} shards: stop it first. If it was killed, or the backup is that young, its right ends in ${first.seconds} s`,
  );
}

async function headsOf(database: Database): Promise<Head[]> {
  const { rows } = await database.query<Head>('select shard, next_seq - 1 as seq from shard_head order by shard');
  if (rows.length !== SHARDS)
    throw new RestoreRefused(
      `shard_head has ${rows.length} rows and needs ${SHARDS}: this is no whole copy of a service's database`,
    );
  return rows;
}

function* found(
  service: string,
  epoch: string,
  heads: readonly Head[],
  tails: ReadonlyMap<number, Tail>,
): Generator<string> {
  yield `The events of ${service}, epoch ${epoch}:`;
  yield '  shard   table ends at   topic ends at';
  for (const { shard, seq } of heads)
    yield `  ${String(shard).padStart(5)}   ${String(seq).padStart(13)}   ${toldTail(tails.get(shard), epoch, seq)}`;
}

function toldTail(tail: Tail | undefined, epoch: string, head: bigint): string {
  if (tail === undefined) return 'empty'.padStart(13);
  const ends = String(tail.seq).padStart(13);
  if (tail.epoch !== epoch) return `${ends}   of epoch ${tail.epoch}`;
  return tail.seq > head ? `${ends}   ${tail.seq - head} events are lost` : ends;
}

/**
 * Where the old epoch ends is only known before anything is written behind it: the last event that table and topic both reach has to be the same.
 * False when the topic has it no more.
 */
async function isShared(
  { service, database, topic }: Pick<RestoreOptions, 'service' | 'database' | 'topic'>,
  { shard, seq: head }: Head,
  tail: Tail,
): Promise<boolean> {
  const seq = head < tail.seq ? head : tail.seq;
  if (seq === 0n) return true;
  const published = await topic.find(shard, seq);
  if (published === undefined) return false;
  const [recorded] = await new EventLog(database).read(shard, seq - 1n, 1);
  if (recorded?.eventId === published.eventId) return true;
  throw new RestoreRefused(
    `event ${seq} of shard ${shard} is ${recorded?.eventId} in the table and ${published.eventId} in the topic: ${service} has written since its database was restored. Restore the backup again, and do this before it starts`,
  );
}
