import { setTimeout as delay } from 'node:timers/promises';
import { type DisturbableCluster, LEASE_MS } from './disturbable-cluster.ts';
import { type Fault, somethingInFlight } from './faults.ts';

/** From the end of a lease until another worker renders the job: waiting for a slot included. */
const TAKEN_OVER_WITHIN_MS = LEASE_MS + 12_000;
/** The one who took over stands still for less than its own lease. */
const REPORTED_WITHIN_MS = 3_000;
/** What the scheduler says to the frozen worker comes too late to stop it. */
const UNHEARD_MS = 20_000;

/**
 * A worker stands still for longer than its lease; when another renders its job, it goes on as if nothing had been, has not heard
 * that its lease is over, and reports before the other can. A worker whose job nobody took over was not tried.
 */
export const workerFrozen: Fault = {
  kind: 'SIGSTOP worker past its lease',
  holds: ['render-fleet'],
  inflict: async ({ disturbed, random }) => {
    const { name } = random.pick(disturbed.named('render-fleet'));
    let jobId: string | undefined;
    const inFlight = await somethingInFlight(async () => {
      jobId = await jobRenderedUnder(disturbed, disturbed.rendering(name));
      return jobId === undefined ? 0 : 1;
    });
    const ears = disturbed.links.all.filter(({ from }) => from === name);
    for (const { proxy } of ears) proxy.delay(UNHEARD_MS, ['client']);
    disturbed.process(name).pause();
    const frozenAtMs = Date.now();
    const successor = await takenOver(disturbed, name, jobId);
    // Nobody may have had a slot for it.
    await delay(Math.max(0, frozenAtMs + LEASE_MS + 500 - Date.now()));
    if (successor !== undefined) disturbed.process(successor).pause();
    disturbed.process(name).resume();
    await delay(REPORTED_WITHIN_MS);
    if (successor !== undefined) disturbed.process(successor).resume();
    for (const { proxy } of ears) {
      proxy.delay(0);
      proxy.cut();
    }
    await disturbed.serving(name);
    return {
      target: `${name}${successor === undefined ? '' : `, ${successor} took over`}`,
      inFlight: successor === undefined ? 0 : inFlight,
      unit: 'attempts rendering',
    };
  },
};

const RENDERED = "select job_id, lease_id from job_queue where lease_id = any($1) and state = 'leased' and rendering";
const LEASE = "select lease_id from job_queue where job_id = $1 and state = 'leased' and rendering";

async function jobRenderedUnder(
  disturbed: DisturbableCluster,
  leaseIds: readonly string[],
): Promise<string | undefined> {
  if (leaseIds.length === 0) return undefined;
  return (await disturbed.sql<{ job_id: string }>('scheduler', RENDERED, [leaseIds]))[0]?.job_id;
}

/** The other worker that renders the job by now; undefined when it ended, or nobody has taken it. */
async function takenOver(
  disturbed: DisturbableCluster,
  frozen: string,
  jobId: string | undefined,
): Promise<string | undefined> {
  if (jobId === undefined) return undefined;
  for (const deadline = Date.now() + TAKEN_OVER_WITHIN_MS; Date.now() < deadline; await delay(20)) {
    const [held] = await disturbed.sql<{ lease_id: string }>('scheduler', LEASE, [jobId]);
    const other =
      held &&
      disturbed
        .named('render-fleet')
        .find(({ name }) => name !== frozen && disturbed.rendering(name).includes(held.lease_id));
    if (other !== undefined) return other.name;
  }
  return undefined;
}
