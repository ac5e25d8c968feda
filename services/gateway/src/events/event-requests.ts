import { z } from 'zod';

export const eventsQuery = z.strictObject({
  limit: z.int().min(1).max(100).default(20).describe('Events per page.'),
  after: z.string().max(20).optional().describe('The sequence of the last event seen, as next_cursor; 0 or none: from the oldest that is kept, and for a stream without it from now on.'),
});
