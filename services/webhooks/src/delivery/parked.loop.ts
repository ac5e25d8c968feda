import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Running } from '@usvideo/runtime';
import { PARKED_MAX_MS, type EndpointSwitch } from './breaker';
import type { Clock } from './delivery.store';
import { webhookBrokenServers } from '../metrics';

const LOOK_EVERY_MS = 30_000;
const SLICE = 1_000;

/** Its server was in trouble all the while; it is kept, and can be sent again. */
const END_PARKED = `
update delivery set status = 'failed', next_attempt_at = null, lease_id = null, lease_until = null, ended_at = $1
where delivery_id in (
  select d.delivery_id from delivery d join destination t on t.isolation_key = d.isolation_key
  where t.broken_since is not null and d.status = 'pending' and d.created_at < $2 and (d.lease_until is null or d.lease_until <= $1)
  order by d.created_at limit ${SLICE} for update of d skip locked)`;

const UNREACHABLE = `
select p.endpoint_id from destination t join endpoint p on p.isolation_key = t.isolation_key and p.enabled where t.broken_since < $1 limit ${SLICE}`;

const BROKEN = 'select count(*)::int as count from destination where broken_since is not null';

/** What no server took for three days has failed, and an endpoint there is disabled. */
export async function endParked(database: Database, clock: Clock, notices: EndpointSwitch): Promise<void> {
  const {
    rows: [clocked],
  } = await database.query<{ now: Date }>({ name: 'parked_clock', text: 'select clock_timestamp() as now' });
  const now = clock(clocked!.now);
  const before = new Date(now.getTime() - PARKED_MAX_MS);
  for (let ended = SLICE; ended === SLICE;)
    ended = (await database.query({ name: 'parked_end', text: END_PARKED, values: [now, before] })).rowCount ?? 0;
  const { rows } = await database.query<{ endpoint_id: string }>({
    name: 'parked_unreachable',
    text: UNREACHABLE,
    values: [before],
  });
  for (const { endpoint_id: endpointId } of rows) await notices.disable(endpointId, 'unreachable');
  const {
    rows: [broken],
  } = await database.query<{ count: number }>({ name: 'parked_broken', text: BROKEN });
  webhookBrokenServers.set(broken!.count);
}

export function startParkedLoop(database: Database, clock: Clock, notices: EndpointSwitch, logger: Logger): Running {
  return startLoop({
    name: 'webhook_parked',
    everyMs: LOOK_EVERY_MS,
    work: () => endParked(database, clock, notices),
    logger,
  });
}
