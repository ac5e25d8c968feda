import { type EnumModel, type Field, type Models, pascal, type RecordModel, type Type } from './document.ts';
import { wrapped } from './python.ts';

const WIDTH = 110;
const PLAIN = {
  string: 'string',
  time: 'time.Time',
  integer: 'int64',
  number: 'float64',
  boolean: 'bool',
  any: 'any',
} as const;
const INITIALISMS = new Set(['id', 'url', 'api', 'http', 'usd', 'eta', 'csv', 'json']);

/** Structs for encoding/json, which leaves out of account what it does not know. */
export function go({ records, enums }: Models): string {
  const named = new Map(records.map((record) => [record.name, record]));
  const unions: string[] = [];
  const types = records.map((record) =>
    record.use === 'query' ? query(record) : struct(record, (type, field) => union(type, field, named, unions)),
  );
  return `${[
    '// Code generated from the OpenAPI document by "npm run generate". DO NOT EDIT.',
    'package usvideo',
    'import (\n\t"net/url"\n\t"strconv"\n\t"time"\n)',
    ...enums.map(enumeration),
    ...types,
    ...unions,
  ].join('\n\n')}\n`;
}

export function exported(name: string): string {
  return name
    .split(/_|(?<=[a-z0-9])(?=[A-Z])/)
    .filter(Boolean)
    .map((word) => (INITIALISMS.has(word.toLowerCase()) ? word.toUpperCase() : pascal(word)))
    .join('');
}

function enumeration({ name, values }: EnumModel): string {
  const goName = exported(name);
  const constants = values.map((value) => [
    `${goName}${exported(value.replace(/(\d):(\d)/, '$1x$2').replace(/[^A-Za-z0-9]+/g, '_'))}`,
    goName,
    `= "${value}"`,
  ]);
  return `// ${goName} may have values that this version does not list.\ntype ${goName} string\n\nconst (\n${aligned(constants).join('\n')}\n)`;
}

type Union = (type: Extract<Type, { kind: 'union' }>, field: string) => string;

function struct({ name, use, fields, description }: RecordModel, union: Union): string {
  return [
    ...documented(exported(name), description),
    `type ${exported(name)} struct {`,
    ...members(fields, (field) => [
      exported(field.name),
      fieldType(field, use, name, union),
      `\`json:"${field.name}${field.required ? '' : ',omitempty'}"\``,
    ]),
    '}',
  ].join('\n');
}

function fieldType(field: Field, use: RecordModel['use'], owner: string, union: Union): string {
  const bare = typeOf(field.type, (type) => union(type, `${owner} ${field.name}`));
  const hasNil = ['list', 'map', 'any'].includes(field.type.kind);
  const pointer =
    use === 'answer'
      ? field.nullable
      : field.nullable ||
        (!field.required &&
          (['boolean', 'time'].includes(field.type.kind) || (isNumber(field.type) && field.mayBeZero)));
  return pointer && !hasNil ? `*${bare}` : field.type.kind === 'record' && !field.required ? `*${bare}` : bare;
}

function isNumber(type: Type): boolean {
  return type.kind === 'integer' || type.kind === 'number';
}

/** Go has no union: one struct with the fields of all, of which those that not all have may be nil. */
function union(
  type: Extract<Type, { kind: 'union' }>,
  place: string,
  named: Map<string, RecordModel>,
  written: string[],
): string {
  const parts = type.of.flatMap((part) => (part.kind === 'record' ? [named.get(part.name)!] : []));
  const name = exported(place.split(' ')[0]!) + 'Line';
  const fields = new Map(parts.flatMap((part) => part.fields).map((field) => [field.name, field]));
  const merged = [...fields.values()].map((field) => {
    const inAll = parts.every((part) => part.fields.some((other) => other.name === field.name));
    return inAll ? field : { ...field, nullable: true, required: false };
  });
  const description = `One of ${parts.map((part) => exported(part.name)).join(', ')}: what the others have is nil.`;
  written.push(struct({ name, use: 'answer', fields: merged, description }, () => 'any'));
  return name;
}

function query({ name, fields }: RecordModel): string {
  const goName = exported(name);
  const set = (field: Field) => {
    const value = `p.${exported(field.name)}`;
    switch (field.type.kind) {
      case 'list':
        return `\tfor _, value := range ${value} {\n\t\tvalues.Add("${field.name}", string(value))\n\t}`;
      case 'integer':
        return `\tif ${value} != 0 {\n\t\tvalues.Set("${field.name}", strconv.FormatInt(${value}, 10))\n\t}`;
      case 'time':
        return `\tif !${value}.IsZero() {\n\t\tvalues.Set("${field.name}", ${value}.UTC().Format(time.RFC3339Nano))\n\t}`;
      default:
        return `\tif ${value} != "" {\n\t\tvalues.Set("${field.name}", string(${value}))\n\t}`;
    }
  };
  return [
    `// ${goName} narrows what is listed; zero values are not sent.`,
    `type ${goName} struct {`,
    ...members(fields, (field) => [exported(field.name), typeOf(field.type, () => 'any')]),
    '}',
    '',
    `func (p ${goName}) values() url.Values {`,
    '\tvalues := url.Values{}',
    ...fields.map(set),
    '\treturn values',
    '}',
  ].join('\n');
}

function typeOf(type: Type, union: (type: Extract<Type, { kind: 'union' }>) => string): string {
  switch (type.kind) {
    case 'enum':
    case 'record':
      return exported(type.name);
    case 'list':
      return `[]${typeOf(type.of, union)}`;
    case 'map':
      return `map[string]${typeOf(type.of, union)}`;
    case 'union':
      return union(type);
    default:
      return PLAIN[type.kind];
  }
}

/** As gofmt has it: neighbours are aligned, and a comment ends a neighbourhood. */
function members(fields: readonly Field[], cells: (field: Field) => string[]): string[] {
  const blocks: Field[][] = [];
  for (const field of fields) {
    if (field.description !== '' || blocks.length === 0) blocks.push([field]);
    else blocks.at(-1)!.push(field);
  }
  return blocks.flatMap((block) => [...comment(block[0]!), ...aligned(block.map(cells))]);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length));
  return rows.map(
    (row) =>
      `\t${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column)))).join(' ')}`,
  );
}

function documented(name: string, description: string): string[] {
  return description === '' ? [] : wrapped(`${name}: ${description}`, WIDTH).map((line) => `// ${line}`);
}

function comment({ description }: Field): string[] {
  return description === '' ? [] : wrapped(description, WIDTH).map((line) => `\t// ${line}`);
}
