import { z } from 'zod';
import { FAILURES, errorSchema } from '../operations/answers';
import type { AnswerDescription, AnswerHeader, Operation, Operations, RequestHeader } from '../access/operation';
import { exampleOf } from './examples';
import { described } from './field-notes';
import { linksOf } from './links';
import { PUBLIC_OPERATIONS } from '../operations/operations';
import { ERROR_NOTES } from '../refusals/error-notes';
import { plainSchema } from './plain-schema';
import { REQUEST_EXAMPLES } from './request-examples';
import { tagsOf } from './tags';
import { WEBHOOKS } from './webhook-events';
import { roleFor } from '../access/operation';
import { type RefusalCode, STATUS_OF } from '../refusals/refusal';

const REQUEST_HEADERS: Readonly<Record<RequestHeader, { description: string; schema: object }>> = {
  'Idempotency-Key': {
    description: 'Sent again with the same body it answers the same job, for at least 24 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
  Prefer: {
    description: 'wait=N: answer when the job has ended, or after N seconds (at most 50).',
    schema: { type: 'string', examples: ['wait=30'] },
  },
  'Last-Event-ID': { description: 'The id of the last event seen.', schema: { type: 'string' } },
  Range: { description: 'One range of bytes.', schema: { type: 'string', examples: ['bytes=0-1023'] } },
  'Stripe-Signature': {
    description: 'Signs time and body; at most 300 seconds old.',
    schema: {
      type: 'string',
      examples: ['t=1772445600,v1=5257a869e72ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8b'],
    },
  },
  Accept: {
    description: 'text/csv: the whole range as CSV, not a page of it. text/event-stream: events as they happen.',
    schema: { type: 'string', examples: ['text/csv', 'text/event-stream'] },
  },
  'If-None-Match': { description: 'An ETag; unchanged files are answered 304.', schema: { type: 'string' } },
};

const ANSWER_HEADERS: Readonly<Record<AnswerHeader, string>> = {
  Location: 'URL of what was made.',
  'Idempotent-Replayed': 'true when an earlier request made the job.',
  'Preference-Applied': 'The wait that was honoured.',
  'Content-Disposition': 'A name for the file.',
  ETag: 'Identifies the bytes of the file.',
  'Content-Range': 'Which bytes these are.',
  'Accept-Ranges': 'bytes',
};

const LIMIT_HEADERS = {
  'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
  'X-RateLimit-Limit': { $ref: '#/components/headers/X-RateLimit-Limit' },
  'X-RateLimit-Remaining': { $ref: '#/components/headers/X-RateLimit-Remaining' },
  'X-RateLimit-Reset': { $ref: '#/components/headers/X-RateLimit-Reset' },
};

const RETRY_HEADERS = {
  'Retry-After': { $ref: '#/components/headers/Retry-After' },
  'retry-after-ms': { $ref: '#/components/headers/retry-after-ms' },
};

const COMPONENT_HEADERS = {
  'X-Request-Id': { description: 'Name it when you ask us about a request.', schema: { type: 'string' } },
  'X-RateLimit-Limit': {
    description: 'Requests a minute of the policy that judged this one.',
    schema: { type: 'integer' },
  },
  'X-RateLimit-Remaining': { description: 'Requests left at once.', schema: { type: 'integer' } },
  'X-RateLimit-Reset': { description: 'Unix seconds at which the full limit is back.', schema: { type: 'integer' } },
  'Retry-After': { description: 'Seconds after which a retry makes sense, rounded up.', schema: { type: 'integer' } },
  'retry-after-ms': { description: 'The same in milliseconds.', schema: { type: 'integer' } },
};

type Json = Record<string, unknown>;

/** The reference as OpenAPI 3.1, from the schemas that validate. As committed, its server is wherever it was fetched from. */
export function openApiDocument(serverUrl = '/', operations: Operations = PUBLIC_OPERATIONS): Json {
  const paths: Record<string, Json> = {};
  const schemas: Json = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method, route] = name.split(' ') as [string, string];
    const path = pathOf(route);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(method, route, operation, schemas) };
  }
  return described({
    openapi: '3.1.0',
    info: {
      title: 'US Video API',
      version: '1.0.0',
      description:
        'Prompt in, video out. Money is prepaid: a job holds its price, and only a completed job is ever charged. Amounts are strings such as $1.25 and, in *_micros, integer micro-dollars. Unknown paths answer 404 `not_found`, wrong methods 405 `method_not_allowed` with `Allow`. Answers and enumerations may grow.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: tagsOf(new Set(Object.values(operations).map(({ tag }) => tag))),
    paths,
    ...(operations === PUBLIC_OPERATIONS ? { 'x-error-codes': errorPages(), 'x-failure-codes': FAILURES } : {}),
    ...(operations === PUBLIC_OPERATIONS ? { webhooks: WEBHOOKS } : {}),
    components: {
      schemas,
      headers: COMPONENT_HEADERS,
      securitySchemes: operations === PUBLIC_OPERATIONS ? PUBLIC_SCHEMES : ADMIN_SCHEMES,
    },
  });
}

/** What the page of each code says, for whoever renders the reference. */
function errorPages(): Json {
  return Object.fromEntries(
    Object.entries(ERROR_NOTES).map(([code, note]) => [code, { status: STATUS_OF[code as RefusalCode], ...note }]),
  );
}

const PUBLIC_SCHEMES = {
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'usv_session',
    description: 'Of somebody who signed in; with X-CSRF-Token for whatever changes something.',
  },
  bearerAuth: { type: 'http', scheme: 'bearer', description: 'usv_live_… or usv_test_…' },
  streamTokenInQuery: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'Of POST /v1/stream-tokens; for the stream that it was made for.',
  },
};
const ADMIN_SCHEMES = { operator: { type: 'http', scheme: 'bearer', description: "An operator's token." } };

const SECURITY: Readonly<Record<Operation['access']['by'], readonly object[]>> = {
  key: [{ bearerAuth: [] }],
  session: [{ sessionCookie: [] }],
  operator: [{ operator: [] }],
  anyone: [],
};

function pathOf(route: string): string {
  return route.replace(/:(\w+)/g, '{$1}').replace('*', '{file}');
}

function operationObject(method: string, route: string, operation: Operation, schemas: Json): Json {
  const { access } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: whoMay(access, method),
    security: [
      ...SECURITY[access.by],
      ...(access.by === 'key' && access.stream !== undefined ? [{ streamTokenInQuery: [] }] : []),
    ],
    parameters: [...pathParameters(route), ...queryParameters(operation), ...headerParameters(operation)],
    ...(operation.body
      ? { requestBody: requestBody(operation.body, operation.bodyOptional === true, operation.id, schemas) }
      : {}),
    ...(operation.upload
      ? { requestBody: requestBody(operation.upload, false, operation.id, schemas, 'multipart/form-data') }
      : {}),
    ...(operation.rawBody
      ? { requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } } }
      : {}),
    responses: { ...answers(operation, schemas), ...refusals(operation, schemas) },
  };
}

function whoMay(access: Operation['access'], method: string): string {
  switch (access.by) {
    case 'key':
      return access.scope ? `Needs the scope \`${access.scope}\`.` : 'For every key.';
    case 'session':
      return access.role === 'owner' ? 'For an owner of the account who has signed in.' : 'For whoever has signed in.';
    case 'operator':
      return `For operators in the role \`${roleFor(access, method)}\` or above.`;
    case 'anyone':
      return 'Needs no key.';
  }
}

function pathParameters(route: string): Json[] {
  const names = [...pathOf(route).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Operation): Json[] {
  if (!query) return [];
  const schema = jsonSchemaOf(query) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

function headerParameters({ headers }: Operation): Json[] {
  return (headers ?? []).map((name) => ({ name, in: 'header', required: false, ...REQUEST_HEADERS[name] }));
}

function requestBody(
  body: z.ZodType,
  optional: boolean,
  operationId: string,
  schemas: Json,
  type = 'application/json',
): Json {
  const name = `${operationId[0]!.toUpperCase()}${operationId.slice(1)}Request`;
  schemas[name] = jsonSchemaOf(body);
  const example = REQUEST_EXAMPLES[operationId];
  return {
    required: !optional,
    content: { [type]: { schema: { $ref: `#/components/schemas/${name}` }, ...(example ? { example } : {}) } },
  };
}

function answers({ id, answers }: Operation, schemas: Json): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, answerObject(id, status, answer, schemas)]),
  );
}

function answerObject(
  id: string,
  status: string,
  { description, schema, contentType, alternativeType, headers }: AnswerDescription,
  schemas: Json,
): Json {
  const type = contentType ?? (schema ? 'application/json' : undefined);
  const links = schema && linksOf(id);
  return {
    description,
    headers: {
      ...LIMIT_HEADERS,
      ...Object.fromEntries(
        (headers ?? []).map((name) => [name, { description: ANSWER_HEADERS[name], schema: { type: 'string' } }]),
      ),
    },
    ...(type
      ? {
          content: {
            [type]: {
              schema: schema ? referenceTo(schema, schemas) : formOf(type),
              ...example(id, status),
            },
            ...(alternativeType
              ? { [alternativeType]: { schema: { type: 'string' }, ...example(id, `${status} ${alternativeType}`) } }
              : {}),
          },
        }
      : {}),
    ...(links ? { links } : {}),
  };
}

/** Of an answer that has no schema of its own. */
function formOf(type: string): Json {
  if (type === 'application/json') return { type: 'object' };
  return { type: 'string', ...(type.startsWith('video/') ? { format: 'binary' } : {}) };
}

function example(operationId: string, answer: string): Json {
  const value = exampleOf(operationId, answer);
  return value === undefined ? {} : { example: value };
}

/** A named schema stands once among the components, and so does every named schema inside it. */
function referenceTo(schema: z.ZodType, schemas: Json): Json {
  const { $defs, ...root } = jsonSchemaOf(schema) as Json & { $defs?: Record<string, Json> };
  const name = schema.meta()?.id;
  if (name !== undefined && !$defs?.[name]) schemas[name] = relocated(root);
  for (const [defined, definition] of Object.entries($defs ?? {})) schemas[defined] = relocated(definition);
  return name === undefined ? relocated(root) : { $ref: `#/components/schemas/${name}` };
}

function relocated({ id: _, ...definition }: Json): Json {
  return JSON.parse(JSON.stringify(definition).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
}

/** As a sender or reader sees it: open to additions where the schema is, and without the patterns that repeat a named format. */
export function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return plainSchema(rest) as Json;
}

const REFUSALS_OF_ALL: readonly RefusalCode[] = ['rate_limit_exceeded', 'internal_error', 'service_unavailable'];
const REFUSALS_OF_KEYED: readonly RefusalCode[] = ['invalid_api_key', 'forbidden', 'account_suspended'];

const REFUSALS_OF_OPERATORS: readonly RefusalCode[] = ['invalid_api_key', 'forbidden'];
const REFUSALS_OF_SIGNED_IN: readonly RefusalCode[] = ['signed_out', 'forbidden'];

/** Everything an operation may refuse with. */
export function refusalsOf({ access, refusals }: Operation): RefusalCode[] {
  return [
    ...new Set([
      ...refusals,
      ...(access.by === 'key' ? REFUSALS_OF_KEYED : []),
      ...(access.by === 'session' ? REFUSALS_OF_SIGNED_IN : []),
      ...(access.by === 'operator' ? REFUSALS_OF_OPERATORS : []),
      ...REFUSALS_OF_ALL,
    ]),
  ];
}

function refusals(operation: Operation, schemas: Json): Json {
  const error = referenceTo(errorSchema, schemas);
  const byStatus = Map.groupBy(refusalsOf(operation), (code) => STATUS_OF[code]);
  const content = { 'application/json': { schema: error } };
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\``).join(', '),
          headers: { ...LIMIT_HEADERS, ...(status === 429 || status === 503 ? RETRY_HEADERS : {}) },
          content,
        },
      ]),
    ),
    // Generators ask for an answer that is no redirect; ogen confuses it with the others if it has headers.
    ...(Object.keys(operation.answers).some((status) => status.startsWith('2'))
      ? {}
      : { default: { description: 'Every other refusal.', content } }),
  };
}
