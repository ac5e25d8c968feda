import { currentTraceparent } from '@usvideo/runtime';
import type { Database, Transaction } from '../database';
import type { Decider } from '../decider';
import { inTransactionAgain } from '../writing/transaction';
import { appendEvents, EMPTY_HEAD, kindOf, type StreamHead } from './append';

/** A kind of stream: its rules, its events on disk, and the row that is locked for it. */
export interface StreamKind<State, Command, Event extends { readonly $case: string }, Refusal extends string> {
  readonly decider: Decider<State, Command, Event, Refusal>;
  /** Before the first event. */
  readonly initial: State;
  encode(event: Event): Uint8Array;
  /** Undefined: an event that changes nothing here. */
  decode(payload: Buffer): Event | undefined;
  /** Locks the row. Undefined: there is none yet. */
  lock(tx: Transaction, streamId: string): Promise<StreamHead | undefined>;
  /** Keeps the new head in the row. */
  advance(tx: Transaction, streamId: string, head: StreamHead): Promise<void>;
}

export interface Change<State, Event> {
  readonly before: State;
  readonly events: readonly Event[];
}

export type Executed<State, Refusal extends string> =
  { readonly refusal: Refusal } | { readonly refusal: undefined; readonly state: State };

interface Loadable<State, Event extends { readonly $case: string }> extends Pick<
  StreamKind<State, never, Event, string>,
  'initial' | 'decode'
> {
  readonly decider: Pick<Decider<State, never, Event, string>, 'evolve'>;
}

/**
 * One command on one stream: lock, load, decide, write what follows from the events, append them; all in one transaction, and again
 * while a failure may pass or a commit went unanswered. `command` gets the database's clock, and the same ids each time. What is hot
 * goes through a writer lane instead.
 */
export async function execute<State, Command, Event extends { readonly $case: string }, Refusal extends string>(
  database: Database,
  kind: StreamKind<State, Command, Event, Refusal>,
  stream: { readonly streamId: string; readonly accountId: string; readonly environment: string },
  command: (now: Date) => Command,
  project: (tx: Transaction, now: Date, change: Change<State, Event>) => Promise<void>,
): Promise<Executed<State, Refusal>> {
  const { decider } = kind;
  return inTransactionAgain(database, async (tx, now) => {
    const head = await kind.lock(tx, stream.streamId);
    const before = head === undefined ? kind.initial : await load(tx, kind, stream.streamId);
    const decision = decider.decide(before, command(now));
    if (!decision.accepted) return { refusal: decision.refusal };
    const { events } = decision;
    if (events.length === 0) return { refusal: undefined, state: before };
    await project(tx, now, { before, events });
    const traceparent = currentTraceparent();
    const recorded = events.map((event) => ({ kind: kindOf(event), payload: kind.encode(event), traceparent }));
    const [appended] = await appendEvents(tx, now, [{ ...stream, head: head ?? EMPTY_HEAD, events: recorded }]);
    await kind.advance(tx, stream.streamId, appended!.head);
    return { refusal: undefined, state: events.reduce((state, event) => decider.evolve(state, event), before) };
  });
}

async function load<State, Event extends { readonly $case: string }>(
  tx: Transaction,
  { decider, initial, decode }: Loadable<State, Event>,
  streamId: string,
): Promise<State> {
  const { rows } = await tx.query<{ payload: Buffer }>({
    name: 'stream_events',
    text: 'select payload from event where stream_id = $1 order by version',
    values: [streamId],
  });
  return rows
    .map(({ payload }) => decode(payload))
    .filter((event) => event !== undefined)
    .reduce((state, event) => decider.evolve(state, event), initial);
}
