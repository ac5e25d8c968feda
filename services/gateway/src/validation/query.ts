import { z } from 'zod';
import { type FaultDetail, invalidRequest } from '../refusals/refusal';
import { type FieldOf, validateMembers } from './schema';

/** Offsets beyond this would make the database count rows it throws away; the cursor has no such bound. */
export const OFFSET_MAX = 10_000;

type Raw = Readonly<Record<string, string | string[] | undefined>>;

/** A query string against its schema: the schema speaks of integers and lists, the wire only of strings. */
export function parseQuery<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  raw: unknown,
): z.output<typeof schema> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw as Raw)) members[name] = readAs(kindOf(schema, name), value);
  return validateMembers(schema, members, oneField);
}

/** A list is one field of a query, however its values are written: none of them has a name. */
const oneField: FieldOf = ([name]) => String(name ?? '');

type Kind = 'integer' | 'list' | 'text';

function kindOf(schema: z.ZodObject, name: string): Kind {
  let field: z.core.$ZodType | undefined = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
  while (field instanceof z.ZodOptional || field instanceof z.ZodDefault) field = field.unwrap() as z.core.$ZodType;
  if (field instanceof z.ZodNumber) return 'integer';
  return field instanceof z.ZodArray ? 'list' : 'text';
}

function readAs(kind: Kind, value: string | string[] | undefined): unknown {
  // Written once with commas or several times: both are in use, and no value of a list contains a comma.
  if (kind === 'list')
    return (Array.isArray(value) ? value : [value]).flatMap((part) => (part === undefined ? [] : part.split(',')));
  if (kind === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return value;
}

/** What every list accepts. */
export const pageShape = {
  limit: z.int().min(1).max(100).default(20).describe('Entries per page.'),
  offset: z
    .int()
    .min(0)
    .optional()
    .meta({ maximum: OFFSET_MAX, description: 'Entries to skip; not together with starting_after.' }),
  starting_after: z
    .string()
    .max(64)
    .optional()
    .describe('The next_cursor of the page before; not together with offset.'),
};

export interface Page {
  readonly limit: number;
  readonly offset: number;
  readonly startingAfter: string;
}

interface PageQuery {
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly starting_after?: string | undefined;
}

/** @throws Refusal invalid_request: the offset is too deep or comes together with a cursor, or the cursor is not one of this list. */
export function pageOf(query: PageQuery, cursor?: { test(value: string): boolean }): Page {
  const { limit, offset, starting_after: startingAfter } = query;
  const faults: FaultDetail[] = [];
  if (offset !== undefined && offset > OFFSET_MAX) {
    faults.push({
      field: 'offset',
      message: `must be at most ${OFFSET_MAX}${cursor ? '; page deeper with starting_after=<next_cursor>' : ''}`,
    });
  }
  if (startingAfter !== undefined && offset !== undefined)
    faults.push({ field: 'starting_after', message: 'cannot be combined with offset' });
  else if (startingAfter !== undefined && !cursor?.test(startingAfter))
    faults.push({ field: 'starting_after', message: 'is not a cursor of this list' });
  if (faults.length > 0) throw invalidRequest(faults);
  return { limit, offset: offset ?? 0, startingAfter: startingAfter ?? '' };
}

/** A page of objects that are JSON already: their bytes are passed through. */
export function renderList(
  page: Page,
  dataJson: readonly string[],
  hasMore: boolean,
  nextCursor: string | null,
  livemode?: boolean,
): string {
  const next = hasMore && nextCursor ? JSON.stringify(nextCursor) : 'null';
  const mode = livemode === undefined ? '' : `"livemode":${livemode},`;
  return `{"object":"list",${mode}"data":[${dataJson.join(',')}],"has_more":${hasMore},"next_cursor":${next},"limit":${page.limit},"offset":${page.offset}}`;
}
