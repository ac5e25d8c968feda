import type { WriteStream } from 'node:tty';

type Cell = string | number | null | undefined;

/** Results go to standard output, everything that is said meanwhile to standard error: so that a pipe gets results only. */
export class Screen {
  private readonly out: NodeJS.WritableStream;
  private readonly err: WriteStream;
  readonly isJson: boolean;
  private lineIsOpen = false;

  constructor(out: NodeJS.WritableStream, err: WriteStream, isJson: boolean) {
    this.out = out;
    this.err = err;
    this.isJson = isJson;
  }

  /** The result: as JSON, or as the text made of it. */
  result<T>(value: T, text: (value: T) => string): void {
    this.out.write(`${this.isJson ? JSON.stringify(value, null, 2) : text(value)}\n`);
  }

  /** One of several results, as they come: JSON of one line, or text. */
  line(value: object, text: string): void {
    this.out.write(`${this.isJson ? JSON.stringify(value) : text}\n`);
  }

  raw(text: string): void {
    this.out.write(text);
  }

  say(line: string): void {
    this.err.write(`${this.lineIsOpen ? '\n' : ''}${line}\n`);
    this.lineIsOpen = false;
  }

  /** A line that the next one overwrites; said only where somebody looks. */
  show(line: string): void {
    if (!this.err.isTTY || this.isJson) return;
    this.err.write(`\r\u001b[K${line.slice(0, this.err.columns - 1)}`);
    this.lineIsOpen = true;
  }

  closeLine(): void {
    if (this.lineIsOpen) this.err.write('\n');
    this.lineIsOpen = false;
  }
}

/** Columns as wide as what stands in them. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [
    head,
    ...rows.map((row) =>
      row.map((cell) => (cell === null || cell === undefined ? '-' : String(cell).replaceAll(/\s+/g, ' '))),
    ),
  ];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const BAR_WIDTH = 30;

/** @param percent of 0 to 100; what is no number is nothing done */
export function bar(percent: number, label: string): string {
  const done = Math.min(100, Math.max(0, percent || 0));
  const filled = Math.round((done / 100) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${String(Math.round(done)).padStart(3)}% ${label}`;
}
