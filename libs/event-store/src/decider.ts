/** The events a command leads to, or the name of the rule that refuses it. */
export type Decision<Event, Refusal extends string> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly refusal: Refusal };

/**
 * A consistency boundary as two plain functions over plain data. Time, ids and randomness arrive inside the command.
 * Loading, locking, appending and retrying are the business of the writer lane, never of a decider.
 */
export interface Decider<State, Command, Event, Refusal extends string> {
  decide(state: State, command: Command): Decision<Event, Refusal>;
  evolve(state: State, event: Event): State;
}

export function accept<Event>(...events: readonly Event[]): { accepted: true; events: readonly Event[] } {
  return { accepted: true, events };
}

export function refuse<Refusal extends string>(refusal: Refusal): { accepted: false; refusal: Refusal } {
  return { accepted: false, refusal };
}

/** Closes a switch over a union: a new case does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
