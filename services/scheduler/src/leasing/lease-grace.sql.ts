import type { Database } from '@usvideo/event-store';

/** One clock, the database's, and one row that all replicas respect. A grace is prolonged, never shortened. */
const EXTEND = `
update lease_grace set until = greatest(until, clock_timestamp() + make_interval(secs => $1::double precision / 1000))`;

/** After the database or this process was away nobody could send a heartbeat: nothing lapses for so long. */
export async function extendGrace(database: Database, graceMs: number): Promise<void> {
  await database.query({ name: 'lease_grace_extend', text: EXTEND, values: [graceMs] });
}

/** Whether silence counts: a condition on the current time, or on a moment of the same clock. */
export const graceIsOver = (moment = 'clock_timestamp()'): string => `(select until from lease_grace) <= ${moment}`;
