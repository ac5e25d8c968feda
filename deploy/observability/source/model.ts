/** Grafana's units that are used here. */
export type Unit = 'short' | 's' | 'percentunit' | 'reqps' | 'currencyUSD' | 'bytes';

export interface Panel {
  readonly title: string;
  /** What a reader should see in it, and when to worry. */
  readonly help: string;
  readonly unit: Unit;
  /** One figure, or lines over time. */
  readonly kind: 'figure' | 'lines';
  /** Expressions by legend; a legend may name labels as `{{service}}`. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Condition {
  /** Returns data whenever the system is scraped, also while all is well. */
  readonly value: string;
  /** When it is bad: `> 300`. */
  readonly when: string;
}

export interface Alert extends Condition {
  readonly name: string;
  /** A page wakes somebody, a ticket is read in the morning. */
  readonly severity: 'page' | 'ticket' | 'none';
  /** How long it must be bad. */
  readonly for: string;
  readonly summary: string;
  /** Further conditions that must hold as well, such as a floor under which a ratio says nothing. */
  readonly and?: readonly Condition[];
  /** Page under docs/runbooks/ without its extension. */
  readonly runbook: string;
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const figure = (title: string, unit: Unit, expr: string, help: string): Panel => ({
  title,
  unit,
  help,
  kind: 'figure',
  queries: { [title]: expr },
});

export const lines = (title: string, unit: Unit, queries: Panel['queries'], help: string): Panel => ({
  title,
  unit,
  help,
  kind: 'lines',
  queries,
});

/** The condition as one PromQL expression. */
export function expressionOf({ value, when, and = [] }: Alert): string {
  return [{ value, when }, ...and].map((condition) => `(${condition.value}) ${condition.when}`).join(' and ');
}
