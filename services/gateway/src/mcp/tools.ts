import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Scope } from '../identity/caller';
import { WAIT_SECONDS_MAX } from '../access/request-headers';
import type { FaultDetail } from '../refusals/refusal';
import { createQuoteSchema, createVideoSchema } from '../videos/create-video';

/** A request of the REST API: what a tool is, in other words. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Tool {
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly readOnly: boolean;
  readonly scope: Scope;
  /** What is wrong with arguments that the REST API would take. */
  readonly faults?: (input: Readonly<Record<string, unknown>>, scopes: readonly string[]) => FaultDetail[];
  readonly request: (input: Readonly<Record<string, unknown>>) => RestRequest;
}

/** Below the minute after which common clients give up on a tool. */
const WAIT_DEFAULT_SECONDS = 25;
const LIST_MAX = 50;
const STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;

const id = z.string().max(100).describe('Id of the video, as job_01J….');
const { size: _size, image_url: _imageUrl, webhook_url: _webhookUrl, ...createShape } = createVideoSchema.shape;

const createInput = z.strictObject({
  ...createShape,
  quote_id: createVideoSchema.shape.quote_id.describe(
    'From the tool quote, for the same model, resolution and duration. One quote makes one video: calling again with it returns the same video.',
  ),
});

/** What agents may do, by name. Each is one request of the REST API, so that limits, caps and prices are the same for all. */
export const TOOLS: Readonly<Record<string, Tool>> = {
  quote: {
    title: 'Price of a video',
    readOnly: true,
    scope: 'videos',
    description:
      'Price of a video before it is made, locked for some minutes. Spends nothing. Give its id to create_video.',
    input: createQuoteSchema.pick({ model: true, resolution: true, duration: true }),
    request: (body) => ({ method: 'POST', path: '/v1/quotes', body }),
  },
  create_video: {
    title: 'Make a video',
    readOnly: false,
    scope: 'videos',
    description:
      'Starts a video and returns at once with its id; its price is held, and charged only if the video completes. Call quote first and tell the user the price. Then wait_for_video.',
    input: createInput,
    faults: ({ quote_id: quoteId }, scopes) =>
      quoteId === undefined && !scopes.includes('videos:unquoted')
        ? [
            {
              field: 'quote_id',
              message: 'is required: call the tool quote first (or use a key with the scope videos:unquoted)',
            },
          ]
        : [],
    request: (body) => ({ method: 'POST', path: '/v1/videos', body, headers: onceFor(body.quote_id) }),
  },
  get_video: {
    title: 'Look at a video',
    readOnly: true,
    scope: 'videos',
    description: 'A video as it is now: status, progress, cost and, once it completed, a link to the file.',
    input: z.strictObject({ id }),
    request: (input) => ({ method: 'GET', path: videoPath(input) }),
  },
  wait_for_video: {
    title: 'Wait for a video',
    readOnly: true,
    scope: 'videos',
    description: `Waits until a video has ended, at most \`seconds\`, and returns it as it is then. If its status is still pending or processing, call again.`,
    input: z.strictObject({
      id,
      seconds: z.int().min(1).max(WAIT_SECONDS_MAX).optional().describe(`${WAIT_DEFAULT_SECONDS} by default.`),
    }),
    request: (input) => ({
      method: 'GET',
      path: videoPath(input),
      headers: { prefer: `wait=${Number(input.seconds ?? WAIT_DEFAULT_SECONDS)}` },
    }),
  },
  list_videos: {
    title: 'List videos',
    readOnly: true,
    scope: 'videos',
    description: "Videos of this key's account and environment, newest first.",
    input: z.strictObject({
      status: z.array(z.enum(STATUSES)).max(STATUSES.length).optional().describe('Only these.'),
      limit: z.int().min(1).max(LIST_MAX).optional().describe('10 by default.'),
      starting_after: z.string().max(100).optional().describe('The next_cursor of the list before.'),
    }),
    request: ({ limit, status, starting_after: after }) => ({
      method: 'GET',
      path: '/v1/videos',
      query: {
        limit: String(limit ?? 10),
        ...(status === undefined ? {} : { status: status as string[] }),
        ...(after === undefined ? {} : { starting_after: String(after) }),
      },
    }),
  },
  cancel_video: {
    title: 'Cancel a video',
    readOnly: false,
    scope: 'videos',
    description: 'Cancels a video whose rendering has not started, and releases what is held for it.',
    input: z.strictObject({ id }),
    request: (input) => ({ method: 'POST', path: `${videoPath(input)}/cancel` }),
  },
  get_balance: {
    title: 'Balance',
    readOnly: true,
    scope: 'billing:read',
    description: 'The prepaid balance: available, held, and spent this month.',
    input: z.strictObject({}),
    request: () => ({ method: 'GET', path: '/v1/balance' }),
  },
};

function videoPath(input: Readonly<Record<string, unknown>>): string {
  return `/v1/videos/${encodeURIComponent(String(input.id))}`;
}

/** An agent that did not hear the answer calls again: the quote is what both calls have in common. */
function onceFor(quoteId: unknown): Record<string, string> {
  return quoteId === undefined
    ? {}
    : { 'idempotency-key': `mcp-${createHash('sha256').update(String(quoteId)).digest('hex')}` };
}
