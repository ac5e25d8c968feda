import type { Database } from '@usvideo/event-store';
import { webhookOldestAge } from '@usvideo/runtime';

/** The scan ends at the destinations: they know their earliest moment, deliveries are not read. */
const OLDEST_DUE = `select extract(epoch from clock_timestamp() - min(next_due_at))::float8 as seconds from destination where next_due_at is not null`;

/** How long the oldest due delivery has been waiting; 0 when nothing is due. */
export async function observeOldestDue(database: Database): Promise<void> {
  const { rows } = await database.query<{ seconds: number | null }>({ name: 'oldest_due', text: OLDEST_DUE });
  webhookOldestAge.set(Math.max(0, rows[0]?.seconds ?? 0));
}
