export interface StatusRow {
  readonly name: string;
  readonly pid: number | undefined;
  /** Where it is called. */
  readonly address: string;
  readonly operations: string;
  readonly state: string;
  /** How often it ended by itself and was started again. */
  readonly restarts: number;
}

const COLUMNS: readonly [string, (row: StatusRow) => string][] = [
  ['service', ({ name }) => name],
  ['pid', ({ pid }) => String(pid ?? '')],
  ['address', ({ address }) => withoutScheme(address)],
  ['operations', ({ operations }) => withoutScheme(operations)],
  [
    'state',
    ({ state, restarts }) =>
      restarts === 0 ? state : `${state}, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
  ],
];

/** Aligned columns under their names; a cluster that is well fits in 80 columns. */
export function statusTable(rows: readonly StatusRow[]): string {
  const lines = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `  ${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//, '');
}
