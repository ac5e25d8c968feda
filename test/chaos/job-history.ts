import { JobEvent } from '@usvideo/contracts/scheduler';
import type { DisturbableCluster } from './disturbable-cluster.ts';

type Event = NonNullable<JobEvent['event']>;

/** The events of one job in their order, as the scheduler's table has them. */
export interface JobHistory {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: string;
  readonly events: readonly Event[];
  readonly eventIds: readonly string[];
}

const ENDS: readonly string[] = ['jobCompleted', 'jobFailed', 'jobCancelled'];

export function endsOf({ events }: JobHistory): Event[] {
  return events.filter(({ $case }) => ENDS.includes($case));
}

export function endOf(history: JobHistory): string | undefined {
  return endsOf(history)[0]?.$case;
}

interface Row {
  stream_id: string;
  account_id: string;
  environment: string;
  event_id: string;
  payload: Buffer;
}

const READ =
  'select stream_id, account_id, environment, event_id, payload from event where account_id = any($1) order by stream_id, version';

export async function readHistories(
  disturbed: DisturbableCluster,
  accountIds: readonly string[],
): Promise<Map<string, JobHistory>> {
  const rows = await disturbed.sql<Row>('scheduler', READ, [accountIds]);
  return new Map(
    [...Map.groupBy(rows, ({ stream_id: jobId }) => jobId)].map(([jobId, of]) => [
      jobId,
      {
        jobId,
        accountId: of[0]!.account_id,
        environment: of[0]!.environment,
        eventIds: of.map(({ event_id: id }) => id),
        events: of.map(({ payload }) => JobEvent.decode(payload).event!),
      },
    ]),
  );
}
