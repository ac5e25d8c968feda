import type { Database, Transaction } from './database';
import { inOpeningTransaction, isTransient, TransactionRolledBack } from './transaction';

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
  /** Called after a confirmed commit, for example to nudge a relay. */
  readonly onCommitted?: () => void;
  readonly onRetry?: (error: unknown, attempt: number) => void;
  /** Commands per transaction at most. */
  readonly batchMax?: number;
  /** Commands waiting at most. */
  readonly queueMax?: number;
  /** Tries of one batch before its commands fail. */
  readonly attemptsMax?: number;
}

interface Waiting<Command, Outcome> {
  readonly command: Command;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * One writer with one transaction in flight: what queues meanwhile goes into the next one, without an artificial wait.
 * Outcomes are given out only after a confirmed commit. A command that breaks its batch fails alone: the batch is halved and
 * tried again until the culprit is by itself.
 */
export class WriterLane<Command, Outcome> {
  private readonly queue: Waiting<Command, Outcome>[] = [];
  private draining: Promise<void> | undefined;

  constructor(private readonly options: WriterLaneOptions<Command, Outcome>) {}

  /** @throws LaneFull when the queue is at its bound, or whatever `apply` threw for this command. */
  submit(command: Command): Promise<Outcome> {
    if (this.queue.length >= (this.options.queueMax ?? 10_000)) return Promise.reject(new LaneFull('too many commands are waiting'));
    return new Promise((resolve, reject) => {
      this.queue.push({ command, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Resolves when everything submitted so far has its outcome. */
  async settled(): Promise<void> {
    while (this.draining) await this.draining;
    // Outcomes are given out a turn later while others wait.
    await new Promise(setImmediate);
  }

  private async drain(): Promise<void> {
    // Commands of the same turn of the event loop share the first batch.
    await new Promise(setImmediate);
    while (this.queue.length > 0) {
      await this.run(this.queue.splice(0, this.options.batchMax ?? 256));
    }
    // In the same turn as the last look at the queue: a command submitted right after it must start a new drain.
    this.draining = undefined;
  }

  private async run(batch: Waiting<Command, Outcome>[]): Promise<void> {
    let outcomes: Outcome[];
    try {
      outcomes = await this.commitBatch(batch.map((waiting) => waiting.command));
    } catch (error) {
      if (batch.length === 1 || !mayBeOneCulprit(error)) return batch.forEach((waiting) => waiting.reject(error));
      const half = Math.ceil(batch.length / 2);
      await this.run(batch.slice(0, half));
      return this.run(batch.slice(half));
    }
    const giveOut = () => batch.forEach((waiting, index) => waiting.resolve(outcomes[index]!));
    // The next batch opens first: the database works on it while callers go on from this one.
    if (this.queue.length > 0) setImmediate(giveOut);
    else giveOut();
    this.options.onCommitted?.();
  }

  private async commitBatch(commands: readonly Command[]): Promise<Outcome[]> {
    const attemptsMax = this.options.attemptsMax ?? 5;
    for (let attempt = 1; ; attempt++) {
      try {
        const outcomes = await inOpeningTransaction(this.options.database, (tx, opening) => this.options.apply(tx, opening, commands));
        if (outcomes.length !== commands.length) throw new Error('a batch must have one outcome per command');
        return outcomes;
      } catch (error) {
        if (!isTransient(error) || attempt >= attemptsMax) throw error;
        this.options.onRetry?.(error, attempt);
        await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 10 * 2 ** attempt) * (0.5 + Math.random() / 2)));
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

  constructor(options: WriterLaneOptions<Command, Outcome> & { readonly lanes: number }, private readonly laneOf: (command: Command) => number) {
    this.lanes = Array.from({ length: options.lanes }, () => new WriterLane(options));
  }

  submit(command: Command): Promise<Outcome> {
    return this.lanes[this.laneOf(command) % this.lanes.length]!.submit(command);
  }

  async settled(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.settled()));
  }
}
