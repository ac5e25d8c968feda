import type { EnumModel, Field, Models, RecordModel, Type } from './document.ts';

const WIDTH = 118;
/** Written by hand, in _record.py. */
const BASES: Readonly<Record<string, string>> = { Video: 'EndingRecord' };
const PLAIN = {
  string: 'str',
  time: 'datetime',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  any: 'Any',
} as const;

/** Answers as frozen dataclasses that keep what they do not know in `extra`, requests as TypedDicts. */
export function python({ records, enums }: Models): string {
  const answers = records.filter(({ use }) => use === 'answer');
  const requests = records.filter(({ use }) => use !== 'answer');
  return `${[
    '"""Made from the OpenAPI document by `npm run generate`."""',
    '# ruff: noqa: E501',
    'from __future__ import annotations',
    'from dataclasses import dataclass\nfrom datetime import datetime\nfrom typing import Any, ClassVar, Dict, List, Literal, Mapping, Optional, Union',
    'from typing_extensions import Required, TypedDict',
    'from ._record import Decoder, EndingRecord, Record, list_of, one_of, time_of',
    ...enums.map(enumeration),
    ...inOrder(answers).map(answer),
    ...requests.map(request),
  ].join('\n\n')}\n`;
}

/** Decoders name classes, so that a record comes after its parts. */
function inOrder(records: readonly RecordModel[]): RecordModel[] {
  const ordered = new Set<RecordModel>();
  const visit = (record: RecordModel) => {
    for (const name of record.fields.flatMap(({ type }) => namesIn(type))) {
      const part = records.find((other) => other.name === name);
      if (part && part !== record && !ordered.has(part)) visit(part);
    }
    ordered.add(record);
  };
  records.forEach(visit);
  return [...ordered];
}

function namesIn(type: Type): string[] {
  if (type.kind === 'record') return [type.name];
  if (type.kind === 'list' || type.kind === 'map') return namesIn(type.of);
  return type.kind === 'union' ? type.of.flatMap(namesIn) : [];
}

/** A server may know values that this version does not: type checkers complete the known ones and accept any. */
function enumeration({ name, values }: EnumModel): string {
  return `${name} = Union[Literal[${values.map((value) => `"${value}"`).join(', ')}], str]`;
}

function answer({ name, fields, description }: RecordModel): string {
  const decoded = fields.flatMap((field) => {
    const decoder = decoderOf(field.type);
    return decoder === undefined ? [] : [`        "${field.name}": ${decoder},`];
  });
  const ordered = [...fields.filter(({ required }) => required), ...fields.filter(({ required }) => !required)];
  return [
    `\n@dataclass(frozen=True)\nclass ${name}(${BASES[name] ?? 'Record'}):`,
    ...(description === '' ? [] : [docstring(description), '']),
    ...ordered.flatMap((field) => [
      ...comment(field),
      `    ${field.name}: ${field.required && !field.nullable ? typeOf(field.type) : `Optional[${typeOf(field.type)}]`}${field.required ? '' : ' = None'}`,
    ]),
    ...(decoded.length === 0 ? [] : ['', '    _decoders: ClassVar[Mapping[str, Decoder]] = {', ...decoded, '    }']),
  ].join('\n');
}

function request({ name, fields, use, description }: RecordModel): string {
  const shown = (field: Field) => {
    const bare = use === 'query' && field.type.kind === 'time' ? 'Union[str, datetime]' : typeOf(field.type);
    const type = field.nullable ? `Optional[${bare}]` : bare;
    return field.required ? `Required[${type}]` : type;
  };
  return [
    `\nclass ${name}(TypedDict, total=False):`,
    ...(description === '' ? [] : [docstring(description), '']),
    ...fields.flatMap((field) => [...comment(field), `    ${field.name}: ${shown(field)}`]),
  ].join('\n');
}

function docstring(text: string): string {
  return `    """${wrapped(text, WIDTH - 10).join('\n    ')}"""`;
}

function comment({ description }: Field): string[] {
  return description === '' ? [] : wrapped(description, WIDTH - 7).map((line) => `    #: ${line}`);
}

export function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

function typeOf(type: Type): string {
  switch (type.kind) {
    case 'enum':
    case 'record':
      return type.name;
    case 'list':
      return `List[${typeOf(type.of)}]`;
    case 'map':
      return `Dict[str, ${typeOf(type.of)}]`;
    case 'union':
      return `Union[${type.of.map(typeOf).join(', ')}]`;
    default:
      return PLAIN[type.kind];
  }
}

/** Undefined where JSON already is what is wanted. */
function decoderOf(type: Type): string | undefined {
  switch (type.kind) {
    case 'time':
      return 'time_of';
    case 'record':
      return `${type.name}.from_dict`;
    case 'union':
      return `one_of(${type.of.map(typeOf).join(', ')})`;
    case 'list': {
      const item = decoderOf(type.of);
      return item === undefined ? undefined : `list_of(${item})`;
    }
    default:
      return undefined;
  }
}
