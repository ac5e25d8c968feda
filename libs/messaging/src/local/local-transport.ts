import {
  EventLog,
  Pump,
  SHARDS,
  type Database,
  type LogReader,
  type LoggedEvent,
  type RestorableLog,
} from '@usvideo/event-store';
import { whenRead, type Logger } from '@usvideo/runtime';
import { Intake } from '../intake';
import type { Consuming, EventTransport, Publication, Publisher } from '../transport';
import type { Subscription } from '../subscription';
import { outboxLag } from '../metrics';

export interface LocalTransportOptions {
  readonly logger: Logger;
  /** What subscribers poll and what fills their gaps; the publisher's own table is both unless told. */
  readonly openLog?: (database: Database) => PolledLog;
}

export interface PolledLog {
  readonly arrivals: LogReader;
  readonly history: RestorableLog;
}

const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);
const PAGE_MAX = 256;
const SHARDS_AT_ONCE = 4;
const IDLE_MS = 250;
const GAP_MS = 5;

function ownTable(database: Database): PolledLog {
  const log = new EventLog(database);
  return { arrivals: log, history: log };
}

/** For services that share a process: subscribers read the publisher's event table, one statement for all shards. */
export class LocalTransport implements EventTransport {
  private readonly logs = new Map<string, PolledLog>();
  private readonly pumps = new Map<string, Set<Pump>>();
  private readonly intakes = new Map<string, Set<Intake>>();

  constructor(private readonly options: LocalTransportOptions) {}

  publish({ topic, database }: Publication): Publisher {
    if (this.logs.has(topic)) throw new Error(`${topic} has a publisher already`);
    this.logs.set(topic, (this.options.openLog ?? ownTable)(database));
    this.nudge(topic);
    // Nothing relays here: an event is out when its last reader has it.
    const endObserving = whenRead(() =>
      outboxLag.set({ topic }, Math.max(0, ...[...this.intakesOf(topic)].map((intake) => intake.lagSeconds()))),
    );
    return {
      nudge: () => this.nudge(topic),
      stop: async () => {
        endObserving();
        this.logs.delete(topic);
      },
    };
  }

  /** A topic that nobody publishes yet is waited for. */
  subscribe(subscription: Subscription): Consuming {
    const history: RestorableLog = {
      page: (positions, limit) => this.logOf(subscription.topic).history.page(positions, limit),
      endOf: (epoch, shard) => this.logOf(subscription.topic).history.endOf(epoch, shard),
    };
    const intake = new Intake(subscription, history, this.options.logger);
    this.intakesOf(subscription.topic).add(intake);
    const pump = new Pump({
      work: () => this.pass(subscription.topic, intake),
      idleMinMs: IDLE_MS,
      idleMaxMs: IDLE_MS,
      gapMs: GAP_MS,
      onError: (error) =>
        this.options.logger.warn(
          { err: error, consumer: subscription.consumer, topic: subscription.topic },
          'events could not be read',
        ),
    });
    this.pumpsOf(subscription.topic).add(pump);
    return {
      consumer: subscription.consumer,
      topic: subscription.topic,
      unheard: (graceMs) => intake.unheard(graceMs),
      halts: () => intake.halts(),
      parked: (limit) => intake.parked(limit),
      replay: (streamId) => intake.replay(streamId),
      restored: () => intake.restored(),
      adopt: () => intake.adopt(),
      stop: async () => {
        this.pumpsOf(subscription.topic).delete(pump);
        intake.stop();
        this.intakesOf(subscription.topic).delete(intake);
        await pump.stop();
      },
    };
  }

  private async pass(topic: string, intake: Intake): Promise<boolean> {
    const log = this.logs.get(topic);
    if (log === undefined) return false;
    const positions = await intake.positions(ALL_SHARDS);
    if (positions.size === 0) return false;
    const { epoch, events, more: behind } = await log.arrivals.page(positions, PAGE_MAX);
    const arrived = Map.groupBy(events, (event: LoggedEvent) => event.shard);
    const waiting = [...positions.keys()];
    let more = false;
    const lane = async () => {
      for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
        const moved = await intake.take(shard, arrived.get(shard) ?? [], epoch);
        more ||= moved && behind.has(shard);
      }
    };
    await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, lane));
    return more;
  }

  private logOf(topic: string): PolledLog {
    const log = this.logs.get(topic);
    if (log === undefined) throw new Error(`${topic} has no publisher`);
    return log;
  }

  private pumpsOf(topic: string): Set<Pump> {
    const pumps = this.pumps.get(topic) ?? new Set<Pump>();
    this.pumps.set(topic, pumps);
    return pumps;
  }

  private intakesOf(topic: string): Set<Intake> {
    const intakes = this.intakes.get(topic) ?? new Set<Intake>();
    this.intakes.set(topic, intakes);
    return intakes;
  }

  private nudge(topic: string): void {
    for (const pump of this.pumpsOf(topic)) pump.nudge();
  }
}
