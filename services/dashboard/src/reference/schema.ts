import type { OpenApi, Schema } from './document';

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly deprecated: boolean;
  readonly description: string;
  readonly rules: readonly string[];
  readonly values: readonly string[];
  readonly fields: readonly Field[];
}

const DEPTH_MAX = 5;

export function resolve(schema: Schema, document: OpenApi): Schema {
  if (schema.$ref === undefined) return schema;
  return document.components.schemas[schema.$ref.split('/').at(-1)!] ?? {};
}

/** The fields of an object, or of the objects in a list of them. */
export function fieldsOf(schema: Schema | undefined, document: OpenApi, depth = 0): Field[] {
  if (!schema || depth > DEPTH_MAX) return [];
  const whole = plain(schema, document);
  if (whole.items) return fieldsOf(whole.items, document, depth + 1);
  if (whole.anyOf ?? whole.oneOf) return mergedFields(whole.anyOf ?? whole.oneOf ?? [], document, depth);
  return Object.entries(whole.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, whole.required?.includes(name) ?? false, document, depth),
  );
}

/** One of several forms: each field once, and required only where all of them have it. */
function mergedFields(forms: readonly Schema[], document: OpenApi, depth: number): Field[] {
  const all = forms.map((form) => fieldsOf(form, document, depth + 1));
  const byName = new Map(all.flat().map((field) => [field.name, field]));
  return [...byName.values()].map((field) => ({
    ...field,
    required: field.required && all.every((fields) => fields.some(({ name }) => name === field.name)),
  }));
}

export function fieldOf(name: string, schema: Schema, required: boolean, document: OpenApi, depth = 0): Field {
  const whole = plain(schema, document);
  return {
    name,
    required,
    type: typeOf(whole, document),
    nullable: isNullable(resolve(schema, document)),
    deprecated: whole.deprecated === true,
    description: schema.description ?? whole.description ?? '',
    rules: rulesOf(whole),
    values: (whole.enum ?? []).filter((value) => value !== null).map(String),
    fields: fieldsOf(whole, document, depth + 1),
  };
}

/** Without the null that it may be, which is said apart. */
function plain(schema: Schema, document: OpenApi): Schema {
  const whole = resolve(schema, document);
  const others = whole.anyOf?.filter((form) => form.type !== 'null');
  if (others?.length !== 1 || others.length === whole.anyOf?.length) return whole;
  return { ...plain(others[0]!, document), ...(whole.description ? { description: whole.description } : {}) };
}

function isNullable({ anyOf, type }: Schema): boolean {
  return (anyOf?.some((form) => form.type === 'null') ?? false) || (Array.isArray(type) && type.includes('null'));
}

function typeOf(schema: Schema, document: OpenApi): string {
  if (schema.items) return `array of ${typeOf(plain(schema.items, document), document)}s`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf ?? schema.oneOf)
    return [...new Set((schema.anyOf ?? schema.oneOf)!.map((form) => typeOf(plain(form, document), document)))].join(
      ' or ',
    );
  const types = Array.isArray(schema.type)
    ? schema.type.filter((type) => type !== 'null')
    : [schema.type ?? (schema.properties ? 'object' : 'any')];
  return schema.enum
    ? 'enum'
    : [types.join(' or '), schema.format ? `(${schema.format})` : ''].filter(Boolean).join(' ');
}

function rulesOf(schema: Schema): string[] {
  const range = (low: number | undefined, high: number | undefined, unit: string) => {
    // Zod bounds whole numbers by what a double holds, which is no rule of ours.
    const [least, most] = [
      low === Number.MIN_SAFE_INTEGER ? undefined : low,
      high === Number.MAX_SAFE_INTEGER ? undefined : high,
    ];
    if (least === undefined && most === undefined) return [];
    if (most === undefined) return [`at least ${least}${unit}`];
    return [least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`];
  };
  return [
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(undefined, schema.maxItems, ' entries'),
    ...range(undefined, schema.maxProperties, ' pairs'),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

/** Values that a reader may send as they stand. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  prompt: 'a calm sea at dawn',
  resolution: '480p',
  duration: 2,
  url: 'https://example.com/webhooks',
  email: 'dev@example.com',
  name: 'Nightly',
  amount_usd: '25.00',
  limit_usd: '100.00',
  threshold_usd: '20.00',
  password: 'correct horse battery',
  model: 'test-picture',
};
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-03-02T10:15:00.000Z',
  date: '2026-03-02',
  uri: 'https://example.com',
};

/** A value of this form: the schema's own example, or one made of its parts. A request leaves out what it may. */
export function exampleOf(schema: Schema, document: OpenApi, name = '', onlyRequired = false, depth = 0): unknown {
  const whole = plain(schema, document);
  if (!onlyRequired && whole.examples?.[0] !== undefined) return whole.examples[0];
  if (whole.const !== undefined) return whole.const;
  if (depth > DEPTH_MAX) return null;
  if (whole.properties) {
    const names = Object.keys(whole.properties).filter(
      (each) => !onlyRequired || whole.required?.includes(each) || each === 'duration' || each === 'resolution',
    );
    return Object.fromEntries(
      names.map((each) => [each, exampleOf(whole.properties![each]!, document, each, onlyRequired, depth + 1)]),
    );
  }
  if (whole.items) return [exampleOf(whole.items, document, name, onlyRequired, depth + 1)];
  if (name in SAMPLES) return SAMPLES[name];
  if (whole.enum) return whole.enum[0];
  if (whole.default !== undefined) return whole.default;
  if (whole.anyOf?.[0]) return exampleOf(whole.anyOf[0], document, name, onlyRequired, depth + 1);
  return scalarOf(whole, name);
}

function scalarOf({ type, format, minimum }: Schema, name: string): unknown {
  const first = Array.isArray(type) ? type.find((each) => each !== 'null') : type;
  if (first === 'integer' || first === 'number') return Math.max(0, minimum ?? 0);
  if (first === 'boolean') return false;
  if (first === 'object') return {};
  if (format && FORMATS[format]) return FORMATS[format];
  if (name === 'id' || name.endsWith('_id')) return `${name === 'id' ? 'job' : name.replace(/_id$/, '')}_01J…`;
  return /_usd$|^cost$/.test(name) ? '$1.25' : 'text';
}
