import { pino } from 'pino';
import {
  appendEvents,
  EMPTY_HEAD,
  epochSchema,
  EventLog,
  eventStoreSchema,
  inTransaction,
  loadWatermarks,
  mintEpoch,
  openDatabase,
  shardOf,
  type Database,
  type LoggedEvent,
  type NewEvent,
  type StreamHead,
  type Transaction,
  type Watermark,
} from '@usvideo/event-store';
import type { Logger, Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { ParkEvent } from '../deterministic';
import type { Consuming, EventTransport, Publisher } from '../transport';
import type { Subscription } from '../subscription';

/** What goes wrong between publisher and consumer. A test sets it; the harness puts it into its transport. */
export class Faults {
  /** What arrives in place of these events of one shard. */
  deliver: (events: LoggedEvent[]) => LoggedEvent[] = (events) => events;
  /** What a consumer reads from the publisher's log in place of these; may throw. */
  history: (events: LoggedEvent[]) => LoggedEvent[] = (events) => events;
}

/** How the conformance suite reaches a transport. */
export interface TransportHarness {
  readonly name: string;
  /** A transport of its own for one test, with these faults built in. */
  open(faults: Faults, logger: Logger): Promise<{ transport: EventTransport; stop(): Promise<void> }>;
}

export const TOPIC = 'usvideo.conformance.v1';

const EFFECTS = `create table effect (id bigserial, consumer text, stream_id text, kind text, xid text default pg_current_xact_id()::text)`;

/** Two accounts in different shards. */
export const ACCOUNT = 'acc_one';
export const ELSEWHERE = ['acc_two', 'acc_three', 'acc_four'].find((account) => shardOf(account) !== shardOf(ACCOUNT))!;

export interface Backup {
  readonly rows: ReadonlyMap<string, string | null>;
  readonly heads: ReadonlyMap<string, StreamHead>;
}

/** A publisher, a consumer with a table of effects, and the transport between them. */
export class World {
  readonly faults = new Faults();
  publisher!: Publisher;
  transport!: EventTransport;
  publisherDatabase!: Database;
  consumerDatabase!: Database;
  consumerUrl!: string;
  publisherUrl!: string;
  private readonly heads = new Map<string, StreamHead>();
  private readonly parts: Running[] = [];

  static async open(harness: TransportHarness): Promise<World> {
    const world = new World();
    const { transport, stop } = await harness.open(world.faults, pino({ level: 'silent' }));
    world.parts.push({ stop });
    world.transport = transport;
    world.publisherDatabase = await world.database('publisher', '');
    world.consumerDatabase = await world.database('consumer', EFFECTS);
    world.startPublisher();
    return world;
  }

  async append(streamId: string, kinds: readonly string[], accountId = ACCOUNT, traceparent = ''): Promise<void> {
    await this.appendEvents(
      streamId,
      kinds.map((kind) => ({ kind, payload: Buffer.from(kind), traceparent })),
      accountId,
    );
  }

  appendPayloads(streamId: string, payloads: readonly Buffer[]): Promise<void> {
    return this.appendEvents(
      streamId,
      payloads.map((payload) => ({ kind: 'large', payload, traceparent: '' })),
      ACCOUNT,
    );
  }

  private async appendEvents(streamId: string, events: NewEvent[], accountId: string): Promise<void> {
    const head = this.heads.get(streamId) ?? EMPTY_HEAD;
    const append = { streamId, accountId, environment: 'live', head, events };
    const [appended] = await inTransaction(this.publisherDatabase, (tx, now) => appendEvents(tx, now, [append]));
    this.heads.set(streamId, appended!.head);
    this.publisher.nudge();
  }

  /** Everything in the publisher's database as it is; `restore` brings it back. */
  async backUp(): Promise<Backup> {
    const tables = ['event', 'shard_head', 'relay_cursor', 'log_epoch', 'ended_epoch'] as const;
    const rows = await Promise.all(
      tables.map(
        async (table) =>
          [
            table,
            (await this.publisherDatabase.query(`select json_agg(t)::text as rows from ${table} t`)).rows[0]!.rows as
              string | null,
          ] as const,
      ),
    );
    return { rows: new Map(rows), heads: new Map(this.heads) };
  }

  /** The publisher stops and starts again on the backup, with a new epoch. */
  async restore(backup: Backup): Promise<void> {
    await this.bringBack(backup);
    await inTransaction(this.publisherDatabase, (tx) => mintEpoch(tx));
    this.startPublisher();
  }

  /** The publisher stops, and its database is as it was. */
  async bringBack(backup: Backup): Promise<void> {
    await this.publisher.stop();
    await inTransaction(this.publisherDatabase, async (tx) => {
      // As a tool that restores does, past the triggers.
      await tx.query('set local session_replication_role = replica');
      for (const [table, rows] of backup.rows) {
        await tx.query(`delete from ${table}`);
        await tx.query({
          name: `restore_${table}`,
          text: `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`,
          values: [rows ?? '[]'],
        });
      }
      // The backup is too young for the leases of its time to have lapsed.
      await tx.query('update relay_cursor set owner = null, owner_until = null');
    });
    this.heads.clear();
    for (const [streamId, head] of backup.heads) this.heads.set(streamId, head);
  }

  startPublisher(): void {
    this.publisher = this.started(this.transport.publish({ topic: TOPIC, database: this.publisherDatabase }));
  }

  /** A subscription whose effect is a row; events of the kind `poison` park. */
  subscription(changes: Partial<Subscription> = {}): Subscription {
    const consumer = changes.consumer ?? 'consumer';
    return {
      consumer,
      topic: TOPIC,
      database: this.consumerDatabase,
      handle: (event, tx) => recordEffect(consumer, event, tx),
      ...changes,
    };
  }

  consume(changes: Partial<Subscription> = {}): Consuming {
    return this.started(this.transport.subscribe(this.subscription(changes)));
  }

  /** What a consumer did, in order: `stream kind`. */
  async effects(consumer = 'consumer'): Promise<string[]> {
    const text = `select stream_id || ' ' || kind as did from effect where consumer = '${consumer}' order by id`;
    const { rows } = await this.consumerDatabase.query<{ did: string }>(text);
    return rows.map(({ did }) => did);
  }

  /** Waits until this was done, and nothing else. */
  async did(expected: readonly string[], consumer = 'consumer'): Promise<void> {
    await eventually(async () => (await this.effects(consumer)).length >= expected.length, {
      what: `${consumer} did ${expected.join(', ')}`,
    });
    expect(await this.effects(consumer)).toEqual(expected);
  }

  watermark(accountId = ACCOUNT, consumer = 'consumer'): Promise<Watermark | undefined> {
    return loadWatermarks(this.consumerDatabase, { consumer, topic: TOPIC }).then((marks) =>
      marks.get(shardOf(accountId)),
    );
  }

  log(): EventLog {
    return new EventLog(this.publisherDatabase);
  }

  async close(): Promise<void> {
    for (const part of this.parts.reverse()) await part.stop();
  }

  /** Another pool on the consumer's database, by the given address. */
  pool(url: string): Database {
    const database = openDatabase({ url, poolSize: 6, applicationName: 'conformance' }, () => undefined);
    this.parts.unshift({ stop: () => database.end() });
    return database;
  }

  private async database(name: string, moreSchema: string): Promise<Database> {
    const url = await (await postgres()).createDatabase(name);
    if (name === 'consumer') this.consumerUrl = url;
    else this.publisherUrl = url;
    const database = this.pool(url);
    await database.query(eventStoreSchema + epochSchema + moreSchema);
    return database;
  }

  private started<T extends Running>(running: T): T {
    this.parts.push(running);
    return running;
  }
}

export async function recordEffect(consumer: string, event: LoggedEvent, tx: Transaction): Promise<void> {
  if (event.kind === 'poison') throw new ParkEvent('poison');
  const text = 'insert into effect (consumer, stream_id, kind) values ($1, $2, $3)';
  await tx.query({ name: 'effect_record', text, values: [consumer, event.streamId, event.kind] });
}
