import { z } from 'zod';
import type { Policy, Scope } from '../identity/caller';
import type { OperatorRole } from '../identity/operator-caller';
import type { RefusalCode } from '../refusals/refusal';

/** Of an operation that takes a first frame: one of 10 MiB in base64, and everything else besides. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** More than any other operation has a use for. */
export const BODY_BYTES_DEFAULT = 64 * 1024;

/** Policies of requests that carry no key, counted by address: requests a minute. */
export const ADDRESS_LIMITS = { register: 60, failed_auth: 60, documents: 3_000, payments: 3_000 } as const;

export type AddressPolicy = keyof typeof ADDRESS_LIMITS;

export type Access =
  /** `stream`: a page may come with a token for it instead. */
  | { readonly by: 'key'; readonly scope: Scope | undefined; readonly policy: Policy; readonly stream?: 'job' | 'feed' }
  | { readonly by: 'anyone'; readonly policy: AddressPolicy }
  /** Signed in, and as an owner where it says so. */
  | { readonly by: 'session'; readonly role: 'owner' | undefined }
  /** An auditor where it only looks and an operator where it changes something, unless it says whom. */
  | { readonly by: 'operator'; readonly role?: OperatorRole };

export interface AnswerDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  /** Answered instead when the request prefers it. */
  readonly alternativeType?: string;
  readonly headers?: readonly AnswerHeader[];
}

export type AnswerHeader =
  | 'Content-Disposition'
  | 'Location'
  | 'Idempotent-Replayed'
  | 'Preference-Applied'
  | 'ETag'
  | 'Content-Range'
  | 'Accept-Ranges';
export type RequestHeader =
  'Stripe-Signature' | 'Accept' | 'Idempotency-Key' | 'Prefer' | 'Last-Event-ID' | 'Range' | 'If-None-Match';

/** One operation of the API: what guards it, what it accepts and answers. The reference is rendered from it. */
export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Says to browsers what a page may send to the operation of the same path. */
  readonly isPreflight?: boolean;
  readonly bodyOptional?: boolean;
  /** The body is a form of this shape, multipart/form-data and nothing else, and handed on as it arrived. */
  readonly upload?: z.ZodObject;
  /** The body is handed on as it arrived, because somebody signed its bytes. */
  readonly rawBody?: boolean;
  /** Also taken as multipart/form-data. */
  readonly form?: boolean;
  /** Of the decoded body; BODY_BYTES_DEFAULT unless said. */
  readonly bodyBytesMax?: number;
  readonly headers?: readonly RequestHeader[];
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Beyond those that every operation of its access has. */
  readonly refusals: readonly RefusalCode[];
}

/** Operations by `METHOD /path/:parameter`, the name that the router knows them by. */
export type Operations = Readonly<Record<string, Operation>>;

export function keyed(scope: Scope | undefined, policy: Policy = 'reads'): Access {
  return { by: 'key', scope, policy };
}

/** A stream that a customer's page may follow, too, under a token of its own. */
export function streamed(scope: Scope, stream: 'job' | 'feed'): Access & { readonly by: 'key' } {
  return { by: 'key', scope, policy: 'reads', stream };
}

export function signedIn(role?: 'owner'): Access {
  return { by: 'session', role };
}

export function anyone(policy: AddressPolicy): Access {
  return { by: 'anyone', policy };
}

/** Wherever a body is read, if only to say that none is wanted. */
export const REFUSALS_OF_BODY = ['invalid_request', 'payload_too_large', 'unsupported_media_type'] as const;

/** What a page asks first that sends Last-Event-ID by itself; EventSource does not ask. */
export function streamPreflight(id: string, tag: string): Operation {
  return {
    id,
    tag,
    summary: 'CORS preflight of a stream',
    access: anyone('documents'),
    isPreflight: true,
    answers: { 204: { description: 'Pages may read the stream with a token.' } },
    refusals: [],
  };
}

/** An operation of the admin port. */
export function operator(
  id: string,
  summary: string,
  { role, ...rest }: Partial<Operation> & { readonly role?: OperatorRole } = {},
): Operation {
  return {
    id,
    tag: 'Operation',
    summary,
    access: { by: 'operator', ...(role && { role }) },
    query: z.strictObject({}),
    answers: { 200: { description: summary } },
    refusals: ['invalid_request', 'not_found'],
    ...rest,
  };
}

/** HEAD is answered wherever GET is. */
export function operationOf(operations: Operations, method: string, route: string): Operation | undefined {
  return operations[`${method === 'HEAD' ? 'GET' : method} ${route}`];
}

/** The methods of a path that some operation of this API lives under; empty for a path that is unknown. */
export function allowedMethods(operations: Operations, path: string): string[] {
  const methods = Object.keys(operations)
    .map((name) => name.split(' ') as [string, string])
    .filter(([, route]) => matches(route, path))
    .flatMap(([method]) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)].sort();
}

function matches(route: string, path: string): boolean {
  const expected = route.split('/');
  const given = path.split('/');
  if (expected.at(-1) === '*')
    return given.length >= expected.length && expected.slice(0, -1).every((part, index) => part === given[index]);
  return (
    expected.length === given.length &&
    expected.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}

/** Who only looks is an auditor; who changes something is an operator, unless the operation says that support may. */
export function roleFor(access: Extract<Access, { by: 'operator' }>, method: string): OperatorRole {
  return access.role ?? (['GET', 'HEAD'].includes(method) ? 'auditor' : 'operator');
}
