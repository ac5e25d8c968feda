import { faultOfCharacters, faultOfLine } from '@usvideo/contracts/text';
import { z } from 'zod';
import { type FaultDetail, Refusal, invalidRequest } from '../refusals/refusal';

/** Text of at least one and at most `charactersMax` Unicode characters, as a customer counts them. */
export function text(charactersMax: number, description: string) {
  return ruled((value) => faultOfText(value, charactersMax)).meta({
    minLength: 1,
    maxLength: charactersMax,
    description,
  });
}

/** A name: text without control characters and line breaks. */
export function line(charactersMax: number, description: string) {
  return ruled((value) => faultOfLine(value, charactersMax)).meta({
    minLength: 1,
    maxLength: charactersMax,
    description,
  });
}

/** Text that may be empty. */
export function characters(charactersMax: number, description: string) {
  return ruled((value) => faultOfCharacters(value, charactersMax)).meta({ maxLength: charactersMax, description });
}

/** A string that keeps a rule, which says what is wrong with it. */
export function ruled(faultOf: (value: string) => string | undefined) {
  return z.string().check((context) => {
    const fault = faultOf(context.value);
    if (fault) context.issues.push({ code: 'custom', message: fault, input: context.value });
  });
}

function faultOfText(value: string, charactersMax: number): string | undefined {
  return faultOfCharacters(value, charactersMax) ?? (value.trim() === '' ? 'must not be blank' : undefined);
}

export type Pairs = Readonly<Record<string, unknown>>;

/**
 * An object of the customer's own names. Not a record of zod, which leaves out the name __proto__: every own one is kept as it was sent.
 * @param faultsOf the field of a fault is the name it is about; empty: the object as a whole
 */
export function pairsOf(faultsOf: (pairs: Pairs) => Iterable<FaultDetail>) {
  return z.any().transform((value: unknown, context): Readonly<Record<string, string>> => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const faults = isObject ? [...faultsOf(value as Pairs)] : [{ field: '', message: 'must be an object' }];
    for (const fault of faults)
      context.issues.push({
        code: 'custom',
        message: fault.message,
        path: fault.field === '' ? [] : [fault.field],
        input: value,
      });
    return faults.length === 0 ? (value as Readonly<Record<string, string>>) : z.NEVER;
  });
}

const FIELD_NAME_CHARACTERS_MAX = 64;

/** @throws Refusal invalid_request with all faults, unknown fields by name. */
export function validate<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal('invalid_request', 'The body must be a JSON object.');
  }
  return validateMembers(schema, withoutNulls(schema, body));
}

/** Many clients send null for what they leave out, as our own answers show it; it is kept where null has a meaning of its own. */
function withoutNulls(schema: z.ZodType, body: object): object {
  if (!(schema instanceof z.ZodObject)) return body;
  const { shape } = schema as z.ZodObject;
  const isLeftOut = ([name, value]: [string, unknown]) => {
    if (value !== null || !Object.hasOwn(shape, name)) return false;
    const field = shape[name] as z.ZodType;
    return field.safeParse(undefined).success && !field.safeParse(null).success;
  };
  const members = Object.entries(body);
  return members.some(isLeftOut) ? Object.fromEntries(members.filter((member) => !isLeftOut(member))) : body;
}

/** The name of what is wrong, for the one who sent it. */
export type FieldOf = (path: readonly PropertyKey[]) => string;

const byPath: FieldOf = (path) => path.map(String).join('.');

export function validateMembers<Schema extends z.ZodType>(
  schema: Schema,
  members: object,
  fieldOf: FieldOf = byPath,
): z.output<Schema> {
  const result = schema.safeParse(members);
  if (result.success) return result.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  throw invalidRequest(result.error.issues.flatMap((issue) => faultsOf(issue, members, known, fieldOf)));
}

/** @param known the names that the object has, for a guess at what was meant. */
export function faultsOf(
  issue: z.core.$ZodIssue,
  body: unknown,
  known: readonly string[] = [],
  fieldOf: FieldOf = byPath,
): FaultDetail[] {
  const field = fieldOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = field === '' ? nearest(key, known) : undefined;
      return {
        field: fieldName(field ? `${field}.${key}` : key),
        message: `is not a known field${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      };
    });
  }
  return [{ field: fieldName(field), message: messageOf(issue, valueAt(body, issue.path)) }];
}

/** The known name that is a slip of the pen away: a letter more, less, changed or two swapped, or another way to join its words. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (given.length > FIELD_NAME_CHARACTERS_MAX) return undefined;
  return (
    known.find((name) => plain(name) === plain(given)) ?? known.find((name) => isSlipOf(plain(given), plain(name)))
  );
}

function isSlipOf(given: string, meant: string): boolean {
  if (Math.abs(given.length - meant.length) > 1 || meant.length < 4) return false;
  let start = 0;
  while (start < meant.length && given[start] === meant[start]) start++;
  const rests = (skipGiven: number, skipMeant: number) =>
    given.slice(start + skipGiven) === meant.slice(start + skipMeant);
  const swapped = given[start] === meant[start + 1] && given[start + 1] === meant[start] && rests(2, 2);
  return swapped || rests(1, 1) || rests(1, 0) || rests(0, 1);
}

function fieldName(field: string): string {
  return field.length > FIELD_NAME_CHARACTERS_MAX ? `${field.slice(0, FIELD_NAME_CHARACTERS_MAX)}…` : field;
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);
}

const ARTICLE: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${ARTICLE[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return FORMAT_MESSAGE[issue.format] ?? 'is not in the expected format';
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}

const FORMAT_MESSAGE: Readonly<Record<string, string>> = {
  email: 'must be an email address',
  date: 'must be a date as YYYY-MM-DD',
  datetime: 'must be a date and time as 2026-01-31T12:00:00Z',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
