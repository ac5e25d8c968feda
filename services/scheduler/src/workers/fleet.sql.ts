import { Capabilities } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';

/** Every worker that some replica has heard of within the minute. */
const FLEET = `
select p.worker_id, min(p.engine) as engine, min(p.node) as node, array_agg(p.job_class order by p.job_class) as job_classes, max(p.slots) as slots,
  bool_or(p.remote) as remote, (array_agg(p.capabilities))[1] as capabilities,
  (select count(*)::integer from job_queue q where q.worker_id = p.worker_id and q.state = 'leased') as leased,
  max(p.seen_at) as seen_at, max(p.seen_at) > clock_timestamp() - interval '5 seconds' as connected
from worker_presence p group by p.worker_id
having p.worker_id > $1 order by p.worker_id limit $2`;

export interface FleetWorker {
  readonly workerId: string;
  readonly engine: string;
  readonly node: string;
  readonly jobClasses: readonly string[];
  readonly slots: number;
  readonly leased: number;
  readonly seenAt: Date;
  readonly connected: boolean;
  readonly remote: boolean;
  readonly capabilities: Capabilities;
}

/** By id; one more than `limit` when there are more. */
export async function listFleet(database: Database, afterWorkerId: string, limit: number): Promise<FleetWorker[]> {
  const { rows } = await database.query<{
    worker_id: string;
    engine: string;
    node: string;
    job_classes: string[];
    slots: number;
    leased: number;
    seen_at: Date;
    connected: boolean;
    remote: boolean;
    capabilities: Partial<Capabilities>;
  }>({ name: 'fleet_list', text: FLEET, values: [afterWorkerId, limit + 1] });
  return rows.map((row) => ({
    workerId: row.worker_id,
    engine: row.engine,
    node: row.node,
    jobClasses: row.job_classes,
    slots: row.slots,
    leased: row.leased,
    seenAt: row.seen_at,
    connected: row.connected,
    remote: row.remote,
    capabilities: Capabilities.fromPartial(row.capabilities),
  }));
}
