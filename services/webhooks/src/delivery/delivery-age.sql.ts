import type { Database } from '@usvideo/event-store';
import { webhookOldestAge } from '../metrics';

/** Deliveries whose time has come, and events that wait for their body. */
const OLDEST_DUE = `
select extract(epoch from clock_timestamp() - least(
  (select min(next_attempt_at) from delivery where status = 'pending'),
  (select min(e.recorded_at) from feed_intent i join feed_event e using (event_id))))::float8 as seconds`;

/** How long the oldest webhook has been waiting beyond its time; 0 when none is due. */
export async function observeOldestDue(database: Database): Promise<void> {
  const { rows } = await database.query<{ seconds: number | null }>({ name: 'oldest_due', text: OLDEST_DUE });
  webhookOldestAge.set(Math.max(0, rows[0]?.seconds ?? 0));
}
