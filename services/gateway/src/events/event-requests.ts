import { z } from 'zod';
import { streamQuery } from '../http/requests';
import { jobId as anyJobId } from '../validation/fields';

const STREAM_SECONDS_MAX = 3_600;
export const STREAM_SECONDS = 900;

export const streamTokenRequest = z.strictObject({
  job_id: anyJobId.optional().describe('The stream of this job; without it that of the feed.'),
  expires_in: z
    .int()
    .min(30)
    .max(STREAM_SECONDS_MAX)
    .optional()
    .meta({ default: STREAM_SECONDS, description: 'Seconds until it, and whatever it opened, ends.' }),
});

export const eventsQuery = z.strictObject({
  ...streamQuery.shape,
  limit: z.int().min(1).max(100).default(20).describe('Events per page.'),
  after: z
    .string()
    .max(20)
    .optional()
    .describe(
      'The sequence of the last event seen, as next_cursor; 0 or none: from the oldest that is kept, and for a stream without it from now on.',
    ),
});
