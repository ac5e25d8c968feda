export interface StatusRow {
  readonly name: string;
  readonly pid: number | undefined;
  /** Where it is called. */
  readonly address: string;
  readonly operations: string;
  readonly state: string;
}

const COLUMNS: readonly [keyof StatusRow, string][] = [['name', 'service'], ['pid', 'pid'], ['address', 'address'], ['operations', 'operations'], ['state', 'state']];

/** Aligned columns under their names. */
export function statusTable(rows: readonly StatusRow[]): string {
  const lines = [COLUMNS.map(([, title]) => title), ...rows.map((row) => COLUMNS.map(([key]) => String(row[key] ?? '')))];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()}`).join('\n');
}
