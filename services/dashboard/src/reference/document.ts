/** What the pages read of `/openapi.json`. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Answer extends Content {
  readonly description: string;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface ErrorCode {
  readonly status: number;
  readonly title: string;
  readonly means: string;
  readonly do: string;
  readonly remedy: 'retry' | 'change' | 'act';
}

export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly 'x-error-codes': Readonly<Record<string, ErrorCode>>;
  readonly 'x-failure-codes': Readonly<Record<string, string>>;
}

export interface Tag {
  readonly name: string;
  readonly slug: string;
  readonly operations: readonly Operation[];
}

/** The chapters, in the order of the document. */
export function tagsOf(document: OpenApi): Tag[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return [...Map.groupBy(operations, (operation) => operation.tags[0] ?? 'Other')].map(([name, each]) => ({
    name,
    slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    operations: each,
  }));
}

/** Codes that an operation may refuse with, each with its status. */
export function codesOf(operation: Operation): (readonly [status: string, code: string])[] {
  return Object.entries(operation.responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([status, { description }]) =>
      [...description.matchAll(/`(\w+)`/g)].map((match) => [status, match[1]!] as const),
    );
}

export function successOf(operation: Operation): (readonly [status: string, answer: Answer])[] {
  return Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
}

export function jsonOf(content: Content | undefined): Schema | undefined {
  return content?.content?.['application/json']?.schema;
}

/** Who may call it. */
export function callerOf({ security }: Operation): 'key' | 'session' | 'anyone' {
  if (security.length === 0) return 'anyone';
  return security.some((each) => 'sessionCookie' in each) ? 'session' : 'key';
}
