/** Text that a spreadsheet would run as a formula (OWASP, CSV injection), also in the full-width signs of East Asian ones. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Text is guarded against formulas; numbers and bigints are written as they are. */
export type CsvCell = string | number | bigint | null;

/** One record of RFC 4180. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const plain = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Whether `Accept` asks for CSV rather than for JSON, which is what everybody else gets. */
export function prefersCsv(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
  const quality = (type: string) => {
    const range = ranges.find(([name]) => name === type);
    if (!range) return 0;
    const q = range.slice(1).find((parameter) => parameter.startsWith('q='));
    return q === undefined ? 1 : Number(q.slice(2)) || 0;
  };
  return quality('text/csv') > 0 && quality('text/csv') >= quality('application/json');
}
