import { useState } from 'react';
import { Link } from 'wouter';
import { count, utcDay } from '../api/format';
import { useGet } from '../api/queries';
import type { Usage, UsageGroup, UsageRow } from '../api/types';
import { Button } from '../ui/button';
import { Card, Mono, PageHeader, Stat } from '../ui/card';
import { Download } from '../api/download';
import { Choice, DayRange } from '../ui/field';
import { Empty, Skeleton } from '../ui/states';
import { type Column, Table } from '../ui/table';

const PAGE = 50;
const GROUPS = [
  ['', 'Each video'],
  ['day', 'Day'],
  ['api_key', 'API key'],
  ['end_user', 'End user'],
  ['resolution', 'Resolution'],
] as const;

export function UsagePage() {
  const [today] = useState(() => utcDay(Date.now(), 0));
  const [start, setStart] = useState(() => utcDay(Date.now(), 29));
  const [end, setEnd] = useState(today);
  const [group, setGroup] = useState('day');
  const [offset, setOffset] = useState(0);
  const query = { start_date: start, end_date: end, group_by: group, limit: PAGE, offset };
  const usage = useGet<Usage<UsageRow & UsageGroup>>('/v1/usage', query, { keep: true });
  const totals = usage.data?.totals;
  const change = (apply: () => void) => {
    apply();
    setOffset(0);
  };
  return (
    <>
      <PageHeader
        title="Usage"
        description="What was charged, by the UTC day of the charge."
        actions={
          <Download
            label="Download CSV"
            name={`usage-${start}-${end}.csv`}
            type="text/csv"
            path="/v1/usage"
            query={{ start_date: start, end_date: end, group_by: group }}
          />
        }
      />
      <div className="filters">
        <DayRange
          start={start}
          end={end}
          today={today}
          onStart={(day) => change(() => setStart(day))}
          onEnd={(day) => change(() => setEnd(day))}
        />
        <Choice
          label="By"
          options={GROUPS}
          value={group}
          onChange={(event) => change(() => setGroup(event.target.value))}
        />
      </div>
      <dl className="stats">
        <Stat label="Charged" value={totals ? totals.cost : <Skeleton width={90} />} />
        <Stat label="Videos" value={totals ? count(totals.jobs) : <Skeleton width={60} />} />
        <Stat label="Seconds of picture" value={totals ? count(totals.seconds) : <Skeleton width={60} />} />
        <Stat label="Refunded" value={totals ? totals.refunded : <Skeleton width={60} />} />
      </dl>
      <Card flush>
        <Table<UsageRow & UsageGroup>
          label="Usage"
          columns={group === '' ? EACH : groupColumns(group)}
          rows={usage.data?.data}
          error={usage.error}
          retry={() => void usage.refetch()}
          keyOf={(row) => row.job_id ?? row.group ?? 'none'}
          empty={<Empty icon="chart" title="Nothing was charged in this time" />}
        />
        {usage.data && (usage.data.has_more || offset > 0) && (
          <div className="more">
            <div className="actions">
              <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
                Newer
              </Button>
              <Button disabled={!usage.data.has_more} onClick={() => setOffset(offset + PAGE)}>
                Older
              </Button>
            </div>
          </div>
        )}
      </Card>
    </>
  );
}

const EACH: readonly Column<UsageRow & UsageGroup>[] = [
  { title: 'Day', cell: ({ date }) => date },
  {
    title: 'Video',
    cell: ({ job_id: job }) => (
      <Link href={`/videos/${job}`} className="link">
        <Mono>…{job.slice(-8)}</Mono>
      </Link>
    ),
  },
  { title: 'Model', cell: ({ model }) => model, wide: true },
  { title: 'Picture', cell: ({ resolution, duration }) => `${resolution} · ${duration} s` },
  { title: 'API key', cell: ({ api_key_id: key }) => <Mono>…{key.slice(-6)}</Mono>, wide: true },
  {
    title: 'Cost',
    align: 'right',
    cell: ({ cost, refunded, refunded_micros: back }) => (back > 0 ? `${cost} (${refunded} back)` : cost),
  },
];

function groupColumns(group: string): readonly Column<UsageRow & UsageGroup>[] {
  return [
    {
      title: GROUPS.find(([value]) => value === group)?.[1] ?? '',
      cell: (row) => row.group ?? <span className="faint">none named</span>,
    },
    { title: 'Videos', align: 'right', cell: ({ jobs }) => count(jobs) },
    { title: 'Seconds', align: 'right', cell: ({ seconds }) => count(seconds) },
    { title: 'Refunded', align: 'right', cell: ({ refunded }) => refunded, wide: true },
    { title: 'Charged', align: 'right', cell: ({ cost }) => <span className="strong">{cost}</span> },
  ];
}
