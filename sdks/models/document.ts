/** What the SDKs need of an OpenAPI document: named records of typed fields, and nothing that depends on a language. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly (string | null)[];
  readonly const?: unknown;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export type Type =
  | { readonly kind: 'string' | 'time' | 'integer' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'enum' | 'record'; readonly name: string }
  | { readonly kind: 'list' | 'map'; readonly of: Type }
  | { readonly kind: 'union'; readonly of: readonly Type[] };

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly nullable: boolean;
  readonly required: boolean;
  readonly description: string;
  /** Of an integer whose zero means something. */
  readonly mayBeZero: boolean;
}

export interface RecordModel {
  readonly name: string;
  /** What is sent is written by the caller and may leave fields out; what is answered is read. */
  readonly use: 'answer' | 'request' | 'query';
  readonly description: string;
  readonly fields: readonly Field[];
}

export interface EnumModel {
  readonly name: string;
  readonly values: readonly string[];
  readonly description: string;
}

export interface Models {
  readonly records: readonly RecordModel[];
  readonly enums: readonly EnumModel[];
}

/** Names that read better than the place where a type stands. */
const ENUM_NAMES: Readonly<Record<string, string>> = {
  '480p 720p 1080p': 'Resolution',
  '16:9 9:16 1:1': 'AspectRatio',
  'gone unreachable customer': 'WebhookEndpointDisabledReason',
  'video.processing video.completed video.failed video.cancelled balance.low webhook.disabled': 'WebhookEndpointEvent',
  'video.processing video.completed video.failed video.cancelled balance.low webhook.disabled webhook.test':
    'DeliveryEvent',
};
const SCHEMA_NAMES: Readonly<Record<string, string>> = { Error: 'ErrorBody' };

export function readModels(document: Document): Models {
  const reader = new Reader(document);
  for (const [name, schema] of Object.entries(document.components.schemas)) reader.component(name, schema);
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path)))
    reader.operation(operation);
  return reader.models();
}

export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');
}

function singular(text: string): string {
  return text.endsWith('ies') ? `${text.slice(0, -3)}y` : text.replace(/(?<![su])s$/, '');
}

class Reader {
  private readonly records = new Map<string, RecordModel>();
  private readonly enums = new Map<string, EnumModel>();

  private readonly document: Document;

  constructor(document: Document) {
    this.document = document;
  }

  models(): Models {
    return { records: [...this.records.values()], enums: [...this.enums.values()] };
  }

  component(name: string, schema: Schema): void {
    const shown = SCHEMA_NAMES[name] ?? name;
    if (this.records.has(shown) || this.enums.has(shown)) return;
    if (isObject(schema)) this.record(shown, schema, name.endsWith('Request') ? 'request' : 'answer');
    else if (schema.enum) this.enumeration(shown, schema);
  }

  operation({ operationId, parameters = [], responses }: Operation): void {
    const query = parameters.filter((parameter) => parameter.in === 'query');
    if (query.length > 0) {
      const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
      const properties = Object.fromEntries(
        query.map(({ name, schema, description }) => [
          name,
          { ...schema, description: schema.description ?? description ?? '' },
        ]),
      );
      this.record(`${pascal(operationId)}Params`, { type: 'object', properties, required }, 'query');
    }
    for (const [status, { content }] of Object.entries(responses)) {
      const schema = content?.['application/json']?.schema;
      if (status.startsWith('2') && schema && isObject(schema))
        this.record(`${pascal(operationId)}Answer`, schema, 'answer');
    }
  }

  private record(name: string, schema: Schema, use: RecordModel['use']): Type {
    // A list beside a single one of the same name.
    if (this.records.has(name)) return this.record(`${name}Item`, schema, use);
    const whole = merged(schema);
    // Holds the name's place before those of its parts.
    this.records.set(name, { name, use, description: '', fields: [] });
    const fields = Object.entries(whole.properties ?? {}).map(([field, part]) =>
      this.field(name, field, part, use, whole.required?.includes(field) ?? false),
    );
    this.records.set(name, { name, use, description: schema.description ?? '', fields });
    return { kind: 'record', name };
  }

  private field(owner: string, name: string, schema: Schema, use: RecordModel['use'], required: boolean): Field {
    const { bare, nullable } = withoutNull(schema);
    const description = [schema.deprecated ? 'Deprecated.' : '', schema.description ?? bare.description ?? '']
      .filter(Boolean)
      .join(' ');
    return {
      name,
      type: this.type(owner, name, bare, use),
      nullable,
      required,
      description,
      mayBeZero: (bare.minimum ?? 0) <= 0,
    };
  }

  private type(owner: string, field: string, schema: Schema, use: RecordModel['use']): Type {
    if (schema.$ref) return this.reference(schema.$ref);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives) return this.union(owner, field, alternatives, use);
    if (schema.enum)
      return this.enumeration(
        ENUM_NAMES[schema.enum.filter((value) => value !== null).join(' ')] ?? `${partOf(owner)}${pascal(field)}`,
        schema,
      );
    if (Object.keys(schema.properties ?? {}).length > 0 || schema.allOf)
      return this.record(this.partName(owner, field), schema, use);
    return this.plain(owner, field, schema, use);
  }

  private plain(owner: string, field: string, schema: Schema, use: RecordModel['use']): Type {
    const types = [schema.type ?? typeof schema.const].flat();
    if (types.length > 1)
      return {
        kind:
          types.every((type) => ['number', 'integer', 'string'].includes(type)) && types.includes('string')
            ? 'string'
            : 'any',
      };
    switch (types[0]) {
      case 'array':
        return {
          kind: 'list',
          of: this.type(owner, owner.endsWith('List') ? field : singular(field), schema.items ?? {}, use),
        };
      case 'object':
        return {
          kind: 'map',
          of:
            typeof schema.additionalProperties === 'object'
              ? this.type(owner, field, schema.additionalProperties, use)
              : { kind: 'any' },
        };
      case 'integer':
      case 'number':
      case 'boolean':
        return { kind: types[0] };
      case 'string':
        return { kind: schema.format === 'date-time' ? 'time' : 'string' };
      default:
        return { kind: 'any' };
    }
  }

  private reference(ref: string): Type {
    const name = ref.split('/').at(-1)!;
    const shown = SCHEMA_NAMES[name] ?? name;
    const schema = this.document.components.schemas[name]!;
    this.component(name, schema);
    if (this.records.has(shown)) return { kind: 'record', name: shown };
    return this.enums.has(shown)
      ? { kind: 'enum', name: shown }
      : this.type(shown, '', withoutNull(schema).bare, 'answer');
  }

  private union(owner: string, field: string, alternatives: readonly Schema[], use: RecordModel['use']): Type {
    const of = alternatives.map((schema) => this.type(owner, field, schema, use));
    if (of.every(({ kind }) => kind === 'record')) return { kind: 'union', of };
    return { kind: of.every(({ kind }) => ['string', 'number', 'integer', 'enum'].includes(kind)) ? 'string' : 'any' };
  }

  private enumeration(name: string, schema: Schema): Type {
    const values = schema.enum!.filter((value): value is string => value !== null);
    const known = this.enums.get(name);
    if (known && known.values.join(' ') !== values.join(' '))
      throw new Error(`two enumerations are called ${name}: name them in document.ts`);
    if (!known) this.enums.set(name, { name, values, description: schema.description ?? '' });
    return { kind: 'enum', name };
  }

  /** The entries of `XList.data` are of type X. */
  private partName(owner: string, field: string): string {
    const entry = owner.replace(/List$/, '');
    return field === 'data' && entry !== owner ? entry : `${partOf(owner)}${pascal(field)}`;
  }
}

function partOf(owner: string): string {
  return owner
    .replace(/^(Create|Set)(\w+)Request$/, '$2')
    .replace(/^List(\w+)Params$/, (_, of: string) => singular(of));
}

function isObject(schema: Schema): boolean {
  return (
    schema.properties !== undefined ||
    (schema.allOf?.some((part) => part.properties !== undefined || part.$ref !== undefined) ?? false)
  );
}

function merged(schema: Schema): Schema {
  const parts = [...(schema.allOf ?? []), schema];
  return {
    ...schema,
    properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>,
    required: parts.flatMap((part) => part.required ?? []),
  };
}

/** `null` comes as a type of a list of types, as one of several schemas, or as a value of an enumeration. */
function withoutNull(schema: Schema): { bare: Schema; nullable: boolean } {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives?.some((part) => part.type === 'null')) {
    const rest = alternatives.filter((part) => part.type !== 'null');
    return { bare: rest.length === 1 ? rest[0]! : { anyOf: rest }, nullable: true };
  }
  const types = [schema.type ?? []].flat();
  if (!types.includes('null')) return { bare: schema, nullable: false };
  const rest = types.filter((type) => type !== 'null');
  return { bare: { ...schema, type: rest.length === 1 ? rest[0]! : rest }, nullable: true };
}
