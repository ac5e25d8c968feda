import { count, lasting } from '../api/format';
import { useGet } from '../api/queries';
import type { List } from '../api/types';
import { Card, Meter, PageHeader, Stat } from '../ui/card';
import { Badge, Empty, Skeleton } from '../ui/states';
import { Table } from '../ui/table';

interface Standing {
  readonly jobs: number;
  readonly oldest_seconds: number;
}

interface Queue {
  readonly job_class: string;
  readonly livemode: boolean;
  readonly eligible: Standing;
  readonly held: Standing;
  readonly accounts: number;
  readonly running_jobs: number;
  readonly slots: number;
}

const REFRESH_MS = 3_000;

/** What waits for a worker is the fleet's to render; what a limit holds waits for its account. */
export function QueuePage() {
  const queues = useGet<List<Queue>>('/admin/v1/queues', {}, { refetchInterval: REFRESH_MS });
  const rows = queues.data?.data;
  const sum = (of: (queue: Queue) => number) =>
    rows ? count(rows.reduce((total, queue) => total + of(queue), 0)) : <Skeleton width={40} />;
  const oldest = rows?.reduce((seconds, { eligible }) => Math.max(seconds, eligible.oldest_seconds), 0);
  return (
    <>
      <PageHeader title="Queue" description="What waits, by class: for a worker, or for the limit of its account." />
      <dl className="stats">
        <Stat
          label="Wait for a worker"
          value={sum(({ eligible }) => eligible.jobs)}
          note={oldest === undefined ? ' ' : oldest === 0 ? 'none waits' : `the oldest for ${lasting(oldest * 1_000)}`}
        />
        <Stat label="Held by a limit" value={sum(({ held }) => held.jobs)} note="or by a suspension" />
        <Stat label="Accounts that wait" value={sum(({ accounts }) => accounts)} note="in each class and environment" />
      </dl>
      <Card flush title="Classes" description="Live and test jobs have queues of their own.">
        <Table
          label="Queues"
          rows={rows}
          error={queues.error}
          retry={() => void queues.refetch()}
          keyOf={({ job_class: name, livemode }) => `${name}/${livemode}`}
          empty={
            <Empty icon="inbox" title="Nothing waits, and nobody renders">
              A class is listed as soon as a job or a worker of it has come.
            </Empty>
          }
          columns={[
            {
              title: 'Class',
              cell: ({ job_class: name, livemode }) => (
                <>
                  <span className="strong">{name}</span> {!livemode && <Badge tone="warn">test</Badge>}
                </>
              ),
            },
            { title: 'For a worker', align: 'right', cell: ({ eligible }) => <Waiting {...eligible} /> },
            { title: 'Held', align: 'right', cell: ({ held }) => <Waiting {...held} /> },
            { title: 'Accounts', align: 'right', cell: ({ accounts }) => count(accounts), wide: true },
            {
              title: 'Slots taken',
              cell: ({ running_jobs: running, slots }) => (
                <span className="two">
                  <Meter label="Slots taken" value={running} max={slots} text={`${running} of ${slots}`} />
                  <span>
                    {count(running)} of {count(slots)}
                  </span>
                </span>
              ),
              wide: true,
            },
          ]}
        />
      </Card>
    </>
  );
}

function Waiting({ jobs, oldest_seconds: seconds }: Standing) {
  if (jobs === 0) return <span className="faint">0</span>;
  return (
    <span className="two">
      <span className="strong number">{count(jobs)}</span>
      <span>{lasting(seconds * 1_000)}</span>
    </span>
  );
}
