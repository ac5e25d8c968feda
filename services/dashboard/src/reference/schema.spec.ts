import type { OpenApi, Schema } from './document';
import { exampleOf, fieldOf, fieldsOf } from './schema';

const schemas: Record<string, Schema> = {
  Job: {
    type: 'object',
    required: ['id', 'status'],
    properties: {
      id: { type: 'string' },
      status: { type: 'string', enum: ['pending', 'completed'] },
      error: { anyOf: [{ $ref: '#/components/schemas/Fault' }, { type: 'null' }], description: 'Why.' },
      seed: { type: ['integer', 'null'], minimum: 0, maximum: 9 },
      parent: { $ref: '#/components/schemas/Job' },
    },
  },
  Fault: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
  Jobs: { type: 'object', properties: { data: { type: 'array', items: { $ref: '#/components/schemas/Job' } } } },
};
const document = { components: { schemas } } as unknown as OpenApi;

describe('the fields of a schema', () => {
  it('are told with their type, rules and values, whether written as a reference, a nullable or a union of types', () => {
    const [id, status, error, seed] = fieldsOf({ $ref: '#/components/schemas/Job' }, document);
    expect([id?.type, id?.required, status?.type, status?.values]).toEqual([
      'string',
      true,
      'enum',
      ['pending', 'completed'],
    ]);
    expect([error?.type, error?.nullable, error?.description, error?.fields.map(({ name }) => name)]).toEqual([
      'object',
      true,
      'Why.',
      ['code'],
    ]);
    expect([seed?.type, seed?.nullable, seed?.rules]).toEqual(['integer', true, ['0 to 9']]);
  });

  it('of a list are those of its entries, and one that holds itself ends somewhere', () => {
    const [data] = fieldsOf(schemas['Jobs'], document);
    expect([data?.type, data?.fields.map(({ name }) => name)]).toEqual([
      'array of objects',
      ['id', 'status', 'error', 'seed', 'parent'],
    ]);
  });

  it('of one of several forms are all of theirs, and required only where all have them', () => {
    const either: Schema = {
      anyOf: [
        { type: 'object', required: ['a', 'b'], properties: { a: { type: 'string' }, b: { type: 'string' } } },
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      ],
    };
    expect(fieldsOf(either, document).map(({ name, required }) => [name, required])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it.each([
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, []],
    [{ type: 'string', minLength: 1 }, ['at least 1 characters']],
    [{ type: 'integer', default: 5 }, ['default 5']],
    [{ type: 'object', maxProperties: 16 }, ['at most 16 pairs']],
  ] as const)('say their rules: %j', (schema, rules) =>
    expect(fieldOf('x', schema, false, document).rules).toEqual(rules),
  );
});

describe('an example', () => {
  it("is the schema's own, or has every field", () => {
    expect(
      exampleOf({ type: 'object', examples: [{ a: 1 }], properties: { a: { type: 'integer' } } }, document),
    ).toEqual({ a: 1 });
    expect(exampleOf(schemas['Jobs']!, document)).toMatchObject({
      data: [{ id: 'job_01J…', status: 'pending', error: { code: 'text' }, seed: 0 }],
    });
  });

  it('of a request has what it must have, and the length of a video, which would cost', () => {
    const order: Schema = {
      type: 'object',
      required: ['prompt'],
      properties: { prompt: { type: 'string' }, duration: { type: 'integer' }, seed: { type: 'integer' } },
    };
    expect(exampleOf(order, document, '', true)).toEqual({ prompt: 'a calm sea at dawn', duration: 2 });
  });
});
