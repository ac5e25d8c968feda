import { z } from 'zod';
import { openApiDocument } from './openapi';
import { PUBLIC_OPERATIONS } from '../operations/operations';
import { REQUEST_EXAMPLES } from './request-examples';

type Json = Record<string, unknown>;
interface Content {
  readonly schema: Json;
  readonly example?: unknown;
}
interface Described {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Record<string, Content>; readonly links?: Record<string, Json> }>
  >;
}

const document = openApiDocument() as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly webhooks: object;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
};
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const byId = new Map(operations.map((operation) => [operation.operationId, operation]));
const answers = operations.flatMap(({ operationId, responses }) =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([type, { schema, example }]) => ({ operationId, status, type, schema, example })),
    ),
);

/** Strict, so that a field that the schema does not know is found. */
function formOf(schema: Json): z.ZodType {
  const closed = JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
    (_, value: Json) =>
      value?.['type'] === 'object' && Object.keys((value['properties'] as Json) ?? {}).length > 0
        ? { ...value, additionalProperties: false }
        : value,
  ) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(closed);
}

function undescribed(node: unknown, place: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'example' || name === 'examples') return [];
    const missing =
      name === 'properties'
        ? Object.entries(value as Record<string, Json>)
            .filter(([, field]) => field['description'] === undefined && field['$ref'] === undefined)
            .map(([field]) => `${place}.${field}`)
        : [];
    return [...missing, ...undescribed(value, name === 'properties' ? place : `${place}/${name}`)];
  });
}

describe('the examples of the reference', () => {
  it.each(Object.entries(PUBLIC_OPERATIONS).filter(([, { body }]) => body !== undefined))(
    'have a body for %s that it accepts',
    (_, { id, body }) => {
      const { error } = body!.safeParse(REQUEST_EXAMPLES[id]);
      expect([id, error?.issues ?? []]).toEqual([id, []]);
    },
  );

  it('are of operations that there are', () => {
    expect(Object.keys(REQUEST_EXAMPLES).filter((id) => !byId.has(id))).toEqual([]);
  });

  it('have an answer of each operation that answers text (RECORD_EXAMPLES=true npm test -- one-process)', () => {
    const without = answers.filter(({ type, example }) => !type.startsWith('video/') && example === undefined);
    expect(without.map(({ operationId, status, type }) => `${operationId} ${status} ${type}`)).toEqual([
      'getOpenApi 200 application/json',
    ]);
  });

  it.each(answers.filter(({ type, example }) => type === 'application/json' && example !== undefined))(
    'have an answer of $operationId that is of its own schema',
    ({ operationId, schema, example }) => {
      const { error } = formOf(schema).safeParse(example);
      expect([operationId, error?.issues ?? []]).toEqual([operationId, []]);
    },
  );
});

describe('what the reference says of an answer', () => {
  it('has words for every field (reference/field-notes.ts has those that mean the same everywhere)', () => {
    expect(undescribed(document, '')).toEqual([]);
  });

  it('links to operations, by parameters that they have', () => {
    const links = operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ links: each = {} }) => Object.values(each)),
    );
    expect(links.length).toBeGreaterThan(15);
    for (const { operationId, parameters } of links) {
      const names = byId.get(operationId as string)?.parameters.map(({ name }) => name) ?? [];
      expect(names).toEqual(expect.arrayContaining(Object.keys(parameters as object)));
    }
  });
});
