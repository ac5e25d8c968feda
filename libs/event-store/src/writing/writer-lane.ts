import type { Database, Transaction } from '../database';
import { shardOf } from '../shard';
import { inOpeningTransaction, isLockTimeout, isTransient, pauseAfter, TransactionRolledBack } from './transaction';

/** The lane's queue is at its bound; the caller answers 503 or waits. */
export class LaneFull extends Error {
  override readonly name = 'LaneFull';
}

export interface WriterLaneOptions<Command, Outcome> {
  readonly database: Database;
  /**
   * Decides and writes one batch inside the given transaction and returns one outcome per command, in order. It is run again
   * under the same commands after a transient failure or an unknown commit, so it must recognise what it already did. As in
   * `inOpeningTransaction`, `opening` is the time, and what is read before it is awaited leaves with the opening.
   */
  readonly apply: (tx: Transaction, opening: Promise<Date>, commands: readonly Command[]) => Promise<Outcome[]>;
  /** Whose rows a command locks: what waits for a lock too long is set aside by this name, and holds up nobody else. */
  readonly keyOf: (command: Command) => string;
  /** Called after a confirmed commit, for example to nudge a relay. */
  readonly onCommitted?: () => void;
  readonly onRetry?: (error: unknown, attempt: number) => void;
  /** Commands per transaction at most. */
  readonly batchMax?: number;
  /** Commands waiting at most. */
  readonly queueMax?: number;
  /** Tries of one batch before its commands fail. */
  readonly attemptsMax?: number;
  /** How long commands that were set aside are tried before they fail with what the database said. */
  readonly asideMaxMs?: number;
}

interface Waiting<Command, Outcome> {
  readonly command: Command;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** Longer than a neighbour's transaction takes on a busy machine. */
const LOCK_TIMEOUT_MS = 200;
/** For finding out whose row it is that does not come free. */
const PROBE_LOCK_TIMEOUT_MS = 20;
const ASIDE_MAX_MS = 10_000;

/**
 * One writer with one transaction in flight: what queues meanwhile goes into the next one, without an artificial wait.
 * Outcomes are given out only after a confirmed commit. A command that breaks its batch fails alone: the batch is halved and
 * tried again until the culprit is by itself. A row that somebody else keeps locked delays the commands of its own key only.
 */
export class WriterLane<Command, Outcome> {
  private readonly queue: Waiting<Command, Outcome>[] = [];
  private readonly aside = new Map<
    string,
    { readonly waiting: Waiting<Command, Outcome>[]; readonly done: Promise<void> }
  >();
  private draining: Promise<void> | undefined;

  constructor(private readonly options: WriterLaneOptions<Command, Outcome>) {}

  /** @throws LaneFull when the queue is at its bound, or whatever `apply` threw for this command. */
  submit(command: Command): Promise<Outcome> {
    const setAside = this.aside.get(this.options.keyOf(command))?.waiting;
    const queue = setAside ?? this.queue;
    if (queue.length >= (this.options.queueMax ?? 10_000))
      return Promise.reject(new LaneFull('too many commands are waiting'));
    return new Promise((resolve, reject) => {
      queue.push({ command, resolve, reject });
      if (setAside === undefined) this.draining ??= this.drain();
    });
  }

  /** Resolves when everything submitted so far has its outcome. */
  async settled(): Promise<void> {
    while (this.draining || this.aside.size > 0)
      await Promise.all([this.draining, ...[...this.aside.values()].map(({ done }) => done)]);
    // Outcomes are given out a turn later while others wait.
    await new Promise(setImmediate);
  }

  private async drain(): Promise<void> {
    // Commands of the same turn of the event loop share the first batch.
    await new Promise(setImmediate);
    while (this.queue.length > 0) {
      await this.run(this.queue.splice(0, this.options.batchMax ?? 256), LOCK_TIMEOUT_MS);
    }
    // In the same turn as the last look at the queue: a command submitted right after it must start a new drain.
    this.draining = undefined;
  }

  private async run(batch: Waiting<Command, Outcome>[], lockTimeoutMs: number): Promise<void> {
    let outcomes: Outcome[];
    try {
      outcomes = await this.commitBatch(
        batch.map((waiting) => waiting.command),
        lockTimeoutMs,
      );
    } catch (error) {
      const byKey = Map.groupBy(batch, ({ command }) => this.options.keyOf(command));
      if (isLockTimeout(error))
        return byKey.size === 1
          ? this.setAside([...byKey][0]![0], batch)
          : this.runHalves([...byKey.values()], PROBE_LOCK_TIMEOUT_MS);
      if (batch.length === 1 || !mayBeOneCulprit(error)) return batch.forEach((waiting) => waiting.reject(error));
      return this.runHalves(
        batch.map((waiting) => [waiting]),
        lockTimeoutMs,
      );
    }
    const giveOut = () => batch.forEach((waiting, index) => waiting.resolve(outcomes[index]!));
    // The next batch opens first: the database works on it while callers go on from this one.
    if (this.queue.length > 0) setImmediate(giveOut);
    else giveOut();
    this.options.onCommitted?.();
  }

  private async runHalves(parts: Waiting<Command, Outcome>[][], lockTimeoutMs: number): Promise<void> {
    const half = Math.ceil(parts.length / 2);
    await this.run(parts.slice(0, half).flat(), lockTimeoutMs);
    await this.run(parts.slice(half).flat(), lockTimeoutMs);
  }

  private setAside(key: string, batch: Waiting<Command, Outcome>[]): void {
    const isOfKey = ({ command }: Waiting<Command, Outcome>) => this.options.keyOf(command) === key;
    const waiting = [...batch, ...this.queue.filter(isOfKey)];
    this.queue.splice(0, Infinity, ...this.queue.filter((one) => !isOfKey(one)));
    const former = this.aside.get(key)?.waiting;
    if (former !== undefined) return void former.push(...waiting);
    this.aside.set(key, { waiting, done: this.runAside(key, waiting) });
  }

  /** In the order of their coming, beside the lane, until the row comes free or it has taken too long. */
  private async runAside(key: string, waiting: Waiting<Command, Outcome>[]): Promise<void> {
    const giveUpAt = performance.now() + (this.options.asideMaxMs ?? ASIDE_MAX_MS);
    for (let attempt = 1; waiting.length > 0; attempt++) {
      await pauseAfter(attempt);
      const batch = waiting.slice(0, this.options.batchMax ?? 256);
      try {
        const outcomes = await this.commitBatch(
          batch.map(({ command }) => command),
          LOCK_TIMEOUT_MS,
        );
        waiting.splice(0, batch.length).forEach(({ resolve }, index) => resolve(outcomes[index]!));
        this.options.onCommitted?.();
      } catch (error) {
        if (isLockTimeout(error) && performance.now() < giveUpAt) {
          this.options.onRetry?.(error, attempt);
          continue;
        }
        // One by one and in the lane's own way, should one of them be to blame.
        const rest = waiting.splice(0);
        if (isLockTimeout(error)) rest.forEach(({ reject }) => reject(error));
        else for (const one of rest) await this.run([one], LOCK_TIMEOUT_MS);
      }
    }
    this.aside.delete(key);
  }

  private async commitBatch(commands: readonly Command[], lockTimeoutMs: number): Promise<Outcome[]> {
    const attemptsMax = this.options.attemptsMax ?? 5;
    for (let attempt = 1; ; attempt++) {
      try {
        const outcomes = await inOpeningTransaction(
          this.options.database,
          (tx, opening) => this.options.apply(tx, opening, commands),
          { lockTimeoutMs },
        );
        if (outcomes.length !== commands.length) throw new Error('a batch must have one outcome per command');
        return outcomes;
      } catch (error) {
        if (isLockTimeout(error) || !isTransient(error) || attempt >= attemptsMax) throw error;
        this.options.onRetry?.(error, attempt);
        await pauseAfter(attempt);
      }
    }
  }
}

/** A broken machine fails any half of the batch alike; a rollback in place of a commit may well be one command's doing. */
function mayBeOneCulprit(error: unknown): boolean {
  return error instanceof TransactionRolledBack || !isTransient(error);
}

/** Several lanes over one database; the commands of one key always meet in the same lane and so share their row lock. */
export class WriterLanes<Command, Outcome> {
  private readonly lanes: WriterLane<Command, Outcome>[];

  constructor(private readonly options: WriterLaneOptions<Command, Outcome> & { readonly lanes: number }) {
    this.lanes = Array.from({ length: options.lanes }, () => new WriterLane(options));
  }

  submit(command: Command): Promise<Outcome> {
    return this.lanes[shardOf(this.options.keyOf(command)) % this.lanes.length]!.submit(command);
  }

  async settled(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.settled()));
  }
}
