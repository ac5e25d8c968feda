import { Pump, type ParkedEvent, type RestorableLog } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import { FailureLogThrottle } from './failure-log-throttle';
import { Intake } from '../intake';
import type { KafkaClients } from '../kafka-connection/kafka-client';
import { GroupMember } from './kafka-group-member';
import type { Replayed } from '../replay';
import type { EpochDivergence } from '../restored-log';
import type { Consuming, Halt } from '../transport';
import type { Subscription } from '../subscription';

export interface KafkaConsumptionOptions {
  readonly clients: KafkaClients;
  readonly groupId: string;
  /** As Kafka knows it. */
  readonly topic: string;
  readonly subscription: Subscription;
  /** The publisher's. */
  readonly log: RestorableLog;
  readonly logger: Logger;
  readonly tailCheckMs: number;
  readonly sessionMs: number;
}

const IDLE_MS = 250;
const SHARDS_AT_ONCE = 4;
const EVENTS_AT_ONCE = 256;
const COMMIT_MS = 5_000;

/**
 * A consumer on Kafka: a group member reads, up to four shards at a time hand what was read to the intake, and the publisher's
 * log is asked now and then whether a partition that is silent has really ended. A lost membership is replaced by a new one.
 */
export class KafkaConsumption implements Consuming {
  private readonly intake: Intake;
  private readonly membership: Pump;
  private readonly handling: Pump;
  private readonly commits: Pump;
  private readonly tailChecks: Pump;
  private readonly busy = new Map<number, Promise<void>>();
  /** Shards in the order in which their turn comes. */
  private readonly turns: number[] = [];
  private readonly complaints = new FailureLogThrottle();
  private member: GroupMember | undefined;
  private ending: Promise<void> | undefined;
  private leave!: () => void;
  private readonly leaving = new Promise<void>((resolve) => {
    this.leave = resolve;
  });

  constructor(private readonly options: KafkaConsumptionOptions) {
    this.intake = new Intake(options.subscription, options.log, options.logger);
    this.membership = new Pump({
      work: () => this.belong(),
      idleMinMs: 0,
      idleMaxMs: 0,
      onError: (error) => this.notJoined(error),
    });
    this.handling = this.pump('events could not be handled and will be tried again', IDLE_MS, () => this.handle());
    this.commits = this.pump('offsets could not be committed', COMMIT_MS, () => this.commit());
    this.tailChecks = this.pump("the publisher's log could not be asked for its end", options.tailCheckMs, () =>
      this.checkTails(),
    );
  }

  get consumer(): string {
    return this.options.subscription.consumer;
  }

  get topic(): string {
    return this.options.subscription.topic;
  }

  halts(): Halt[] {
    return this.intake.halts();
  }

  unheard(graceMs: number): Promise<string[]> {
    return this.intake.unheard(graceMs);
  }

  parked(limit: number): Promise<ParkedEvent[]> {
    return this.intake.parked(limit);
  }

  replay(streamId?: string): Promise<Replayed> {
    return this.intake.replay(streamId);
  }

  restored(): Promise<EpochDivergence[]> {
    return this.intake.restored();
  }

  adopt(): Promise<EpochDivergence[]> {
    return this.intake.adopt();
  }

  stop(): Promise<void> {
    this.ending ??= this.end();
    return this.ending;
  }

  /** The group is left last, so that nobody else begins what is still under way. */
  private async end(): Promise<void> {
    this.intake.stop();
    await Promise.all([this.handling.stop(), this.tailChecks.stop(), this.commits.stop()]);
    await Promise.all(this.busy.values());
    this.leave();
    await this.membership.stop();
  }

  /** One membership, from joining to leaving. */
  private async belong(): Promise<boolean> {
    const { clients, groupId, topic, sessionMs, logger } = this.options;
    const member = new GroupMember({ clients, groupId, topic, sessionMs, logger, onChange: () => this.changed() });
    this.member = member;
    try {
      await Promise.race([member.run(), this.leaving]);
    } catch (error) {
      if (!member.joined) throw error;
      logger.warn({ ...this.about(), err: error }, 'the consumer group was left and will be joined again');
    } finally {
      this.member = undefined;
      await member.leave();
    }
    return true;
  }

  private notJoined(error: unknown): void {
    const failures = this.complaints.failed();
    if (failures > 0)
      this.options.logger.warn(
        { ...this.about(), failures, err: error },
        'the consumer group could not be joined and will be tried again',
      );
    else this.options.logger.debug({ ...this.about(), err: error }, 'the consumer group could not be joined');
  }

  private changed(): void {
    const failures = this.member?.joined ? this.complaints.succeeded() : 0;
    if (failures > 0)
      this.options.logger.info({ ...this.about(), failures }, 'the consumer group was joined after all');
    this.handling.nudge();
  }

  private async handle(): Promise<boolean> {
    const { member } = this;
    if (member?.settled === true) this.intake.keepOnly(member.shards());
    const waiting =
      member?.shards().filter((shard) => !this.busy.has(shard) && member.arrivals(shard)!.length > 0) ?? [];
    if (member === undefined || waiting.length === 0) return false;
    const due = await this.intake.positions(waiting);
    for (const shard of this.inTurn([...due.keys()])) this.occupy(shard, () => this.handleArrivals(member, shard));
    return false;
  }

  private async handleArrivals(member: GroupMember, shard: number): Promise<void> {
    const arrivals = member.arrivals(shard);
    if (arrivals === undefined) return;
    const events = arrivals.first(EVENTS_AT_ONCE);
    await this.intake.take(shard, events);
    const failed = !(await this.intake.positions([shard])).has(shard);
    if (!failed && this.ending === undefined) member.handled(shard, arrivals, events.length);
  }

  /** A lost last message leaves no gap to be seen, and neither does a topic that was emptied: the log knows how far it goes. */
  private async checkTails(): Promise<boolean> {
    const { member } = this;
    const silent = member?.shards().filter((shard) => member.arrivals(shard)!.length === 0) ?? [];
    const positions = await this.intake.positions(silent);
    if (positions.size === 0) return false;
    const { epoch, events, more } = await this.options.log.page(positions, EVENTS_AT_ONCE);
    const missed = Map.groupBy(events, ({ shard }) => shard);
    const free = [...positions.keys()].filter((shard) => !this.busy.has(shard));
    await Promise.all(
      free.map((shard) =>
        this.occupy(shard, async () => {
          await this.intake.take(shard, missed.get(shard) ?? [], epoch);
        }),
      ),
    );
    return free.some((shard) => more.has(shard));
  }

  private async commit(): Promise<boolean> {
    await this.member?.commit();
    return false;
  }

  /** One thing at a time for each shard. */
  private occupy(shard: number, work: () => Promise<void>): Promise<void> {
    const done = work()
      .catch((error: unknown) =>
        this.options.logger.warn(
          { ...this.about(), shard, err: error },
          'a shard could not be handled and will be tried again',
        ),
      )
      .finally(() => {
        this.busy.delete(shard);
        this.handling.nudge();
      });
    this.busy.set(shard, done);
    return done;
  }

  /** Whoever had its turn queues up again, or a busy shard would starve the others. */
  private inTurn(shards: readonly number[]): number[] {
    for (const shard of shards) if (!this.turns.includes(shard)) this.turns.push(shard);
    const chosen = this.turns
      .filter((shard) => shards.includes(shard))
      .slice(0, Math.max(0, SHARDS_AT_ONCE - this.busy.size));
    for (const shard of chosen) this.turns.push(...this.turns.splice(this.turns.indexOf(shard), 1));
    return chosen;
  }

  private pump(failure: string, idleMs: number, work: () => Promise<boolean>): Pump {
    return new Pump({
      work,
      idleMinMs: idleMs,
      idleMaxMs: idleMs,
      onError: (error) => this.options.logger.warn({ ...this.about(), err: error }, failure),
    });
  }

  private about(): { consumer: string; topic: string } {
    return { consumer: this.options.subscription.consumer, topic: this.options.topic };
  }
}
