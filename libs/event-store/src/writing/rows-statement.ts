import type { Transaction } from '../database';

interface Values {
  readonly text: string;
  readonly bigint: bigint;
  readonly integer: number;
  readonly smallint: number;
  readonly boolean: boolean;
  readonly bytea: Uint8Array;
  readonly timestamptz: Date;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** As JSON text. */
  readonly jsonb: string;
}

export type ColumnType = keyof Values;

/** The columns of a statement by name: the type of each in PostgreSQL, and where its value is in a row. Null and undefined are NULL. */
export type Columns<Row> = Readonly<
  Record<string, { [Type in ColumnType]: readonly [Type, (row: Row) => Values[Type] | null | undefined] }[ColumnType]>
>;

/** A statement over any number of rows, whose parameters are one array for each column. */
export class RowsStatement<Row> {
  readonly text: string;
  private readonly columns: Columns<Row>[string][];

  /** @param textOf the statement, given the names of the columns and a table of the rows that is called `n` */
  constructor(
    readonly name: string,
    columns: Columns<Row>,
    textOf: (names: string, rows: string) => string,
  ) {
    const names = Object.keys(columns).join(', ');
    this.columns = Object.values(columns);
    // Unnested in the select list, side by side: in FROM, every array would first become a table of its own.
    const unnested = Object.entries(columns)
      .map(([column, [type]], at) => `unnest($${at + 1}::${type}[]) as ${column}`)
      .join(', ');
    this.text = textOf(names, `(select ${unnested}) n`);
  }

  /**
   * Answers how many rows the statement changed.
   * @throws RangeError for a value that its column cannot hold, before anything is sent
   */
  async run(tx: Transaction, rows: readonly Row[]): Promise<number> {
    const values = this.columns.map(([type, of]) => arrayOf(type, rows, of));
    return (await tx.query({ name: this.name, text: this.text, values })).rowCount ?? 0;
  }

  /**
   * For rows that must all take effect, one each; sends nothing when there are none.
   * @throws when fewer were changed: somebody else changed what this transaction had locked
   */
  async write(tx: Transaction, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const changed = await this.run(tx, rows);
    if (changed !== rows.length) throw new Error(`${this.name} changed ${changed} rows of ${rows.length}`);
  }
}

/** Texts as a parameter of the type `text[]`. */
export function textArray(texts: readonly string[]): Buffer {
  return arrayOf('text', texts, (text) => text);
}

interface Kind<Type extends ColumnType> {
  readonly oid: number;
  /** Writes a value at `offset` and answers how many bytes it took; there is always room for `EASY_BYTES`. */
  readonly write: (value: Values[Type], offset: number) => number;
}

/** `pg_type.oid` and the binary form of each type, which PostgreSQL reads without parsing. */
const KINDS: { readonly [Type in ColumnType]: Kind<Type> } = {
  text: { oid: 25, write: writeText },
  bigint: { oid: 20, write: writeBigint },
  integer: { oid: 23, write: writeInteger },
  smallint: { oid: 21, write: (value, offset) => bytes.writeInt16BE(whole(value), offset) - offset },
  boolean: { oid: 16, write: (value, offset) => bytes.writeUInt8(value ? 1 : 0, offset) - offset },
  bytea: { oid: 17, write: writeBytes },
  timestamptz: {
    oid: 1184,
    write: (value, offset) => writeBigint(BigInt(value.getTime() - EPOCH_MS) * 1_000n, offset),
  },
  jsonb: { oid: 3802, write: (value, offset) => 1 + writeText(value, bytes.writeUInt8(JSONB_VERSION, offset)) },
  date: {
    oid: 1082,
    write: (value, offset) => writeInteger((Date.parse(`${value}T00:00:00Z`) - EPOCH_MS) / DAY_MS, offset),
  },
};

/** Where the times of PostgreSQL begin: 2000-01-01. */
const EPOCH_MS = 946_684_800_000;
const DAY_MS = 86_400_000;
const JSONB_VERSION = 1;
const NULL_LENGTH = -1;
const EASY_BYTES = 16;
const HEADER_BYTES = 20;

/** Where arrays are written, one at a time. */
let bytes = Buffer.allocUnsafeSlow(64 * 1024);
let view = new DataView(bytes.buffer);

function makeRoom(until: number): void {
  if (until <= bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * until);
  bytes.copy(larger);
  bytes = larger;
  view = new DataView(bytes.buffer);
}

function writeText(value: string, offset: number): number {
  // No character takes more than three bytes.
  makeRoom(offset + 3 * value.length);
  return bytes.write(value, offset);
}

function writeBytes(value: Uint8Array, offset: number): number {
  makeRoom(offset + value.length);
  bytes.set(value, offset);
  return value.length;
}

/** The writers of `Buffer` refuse what is too large, and would round what is not whole. */
function whole(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return value;
}

function writeInteger(value: number, offset: number): number {
  return bytes.writeInt32BE(whole(value), offset) - offset;
}

function writeBigint(value: bigint, offset: number): number {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit in a bigint of 64 bits`);
  view.setBigInt64(offset, value);
  return 8;
}

/** An array in PostgreSQL's binary format (`array_recv`); the driver's own form is text, which both sides pay for. */
function arrayOf<Row, Type extends ColumnType>(
  type: Type,
  rows: readonly Row[],
  of: (row: Row) => Values[Type] | null | undefined,
): Buffer {
  const { oid, write } = KINDS[type] as Kind<Type>;
  let hasNull = 0;
  let offset = HEADER_BYTES;
  for (const row of rows) {
    const value = of(row) ?? null;
    makeRoom(offset + 4 + EASY_BYTES);
    const length = value === null ? NULL_LENGTH : write(value, offset + 4);
    view.setInt32(offset, length);
    offset += 4 + Math.max(length, 0);
    if (value === null) hasNull = 1;
  }
  // Dimensions, whether there is a NULL, the elements' type, and of the one dimension its length and where it begins.
  [1, hasNull, oid, rows.length, 1].forEach((part, at) => view.setInt32(4 * at, part));
  return Buffer.from(bytes.subarray(0, offset));
}
