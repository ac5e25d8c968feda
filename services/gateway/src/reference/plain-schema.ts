type Json = Record<string, unknown>;

/** Values that are no names in any language. */
const NAMES: Readonly<Record<string, string>> = {
  '480p': 'P480',
  '720p': 'P720',
  '1080p': 'P1080',
  '16:9': 'W16_H9',
  '9:16': 'W9_H16',
  '1:1': 'SQUARE',
};

/**
 * The same schema in the words that all generators of clients understand: `null` among the types, amounts as text, defaults in
 * words (a field with a default is required of whoever writes typed requests), no bounds that are those of a language.
 */
export function plainSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plainSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const whole = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, part(name, value)])) as Json;
  return named(withoutLanguageBounds(withoutDefault(alternatives(whole))));
}

function part(name: string, value: unknown): unknown {
  if (name === 'examples' || name === 'enum' || name === 'default' || name === 'const') return value;
  if (name !== 'properties') return plainSchema(value);
  return Object.fromEntries(Object.entries(value as Json).map(([field, schema]) => [field, plainSchema(schema)]));
}

/** `null` beside one schema becomes one of its types; of several objects, each value is one. */
function alternatives({ anyOf, ...rest }: Json): Json {
  if (!Array.isArray(anyOf)) return amount(rest);
  const others = (anyOf as Json[]).filter(({ type }) => type !== 'null');
  const nullable = others.length < anyOf.length;
  const [only] = others;
  if (nullable && others.length === 1 && only!.$ref === undefined && only!.type !== undefined) {
    const { type, enum: values, ...more } = only!;
    return amount({
      ...more,
      ...rest,
      type: [type, 'null'].flat(),
      ...(values ? { enum: [...(values as unknown[]), null] } : {}),
    });
  }
  return { ...rest, [!nullable && others.every(({ $ref }) => $ref !== undefined) ? 'oneOf' : 'anyOf']: anyOf };
}

/** Money is a text; that a number is read as well is nothing to build on. */
function amount(schema: Json): Json {
  const types = [schema.type].flat();
  if (!types.includes('string') || !types.includes('number')) return schema;
  const { minimum: _, maximum: __, exclusiveMinimum: ___, exclusiveMaximum: ____, ...rest } = schema;
  return { ...rest, type: types.includes('null') ? ['string', 'null'] : 'string' };
}

function withoutDefault({ default: value, ...rest }: Json): Json {
  if (value === undefined) return rest;
  return {
    ...rest,
    description: [rest.description, `${[value].flat().join(', ')} by default.`].filter(Boolean).join(' '),
  };
}

function withoutLanguageBounds(schema: Json): Json {
  const rest = { ...schema };
  if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum;
  if (rest.maximum === Number.MAX_SAFE_INTEGER) {
    delete rest.maximum;
    rest.format = 'int64';
  }
  return rest;
}

function named(schema: Json): Json {
  const values = schema.enum as (string | null)[] | undefined;
  if (!values?.every((value) => value !== null && value in NAMES)) return schema;
  return { ...schema, 'x-enum-varnames': values.map((value) => NAMES[value!]!) };
}
