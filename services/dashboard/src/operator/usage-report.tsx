import { useState } from 'react';
import { Link } from 'wouter';
import { count, lasting, utcDay } from '../api/format';
import { useGet } from '../api/queries';
import { Button } from '../ui/button';
import { Card, Mono, PageHeader, Stat } from '../ui/card';
import { Download } from '../api/download';
import { CheckBox, DayRange } from '../ui/field';
import { Empty, Notice, Skeleton } from '../ui/states';
import { type Column, Table } from '../ui/table';

interface Sums {
  readonly completed_jobs: number;
  readonly other_jobs: number;
  readonly video_seconds: number;
  readonly charged: string;
  readonly refunded: string;
  readonly refunded_micros: number;
  readonly slot_seconds: number;
  readonly productive_slot_seconds: number;
  readonly slot_cost: string | null;
  readonly margin: string | null;
  readonly margin_micros: number | null;
}

interface Row extends Sums {
  readonly date: string | null;
  readonly account_id: string | null;
  readonly model: string | null;
}

interface Report {
  readonly data: readonly Row[];
  readonly has_more: boolean;
  readonly slot_second: string | null;
  readonly totals: Sums;
}

type Grouping = 'day' | 'account' | 'model';

const PATH = '/admin/v1/usage';
const PAGE = 100;
const GROUPS: readonly (readonly [Grouping, string])[] = [
  ['day', 'Day'],
  ['account', 'Account'],
  ['model', 'Model'],
];

export function UsageReport() {
  const [today] = useState(() => utcDay(Date.now(), 0));
  const [start, setStart] = useState(() => utcDay(Date.now(), 29));
  const [end, setEnd] = useState(today);
  const [groups, setGroups] = useState<readonly Grouping[]>(['day']);
  const [offset, setOffset] = useState(0);
  const range = { start_date: start, end_date: end, group_by: groups.join(',') || 'day' };
  const report = useGet<Report>(PATH, { ...range, limit: PAGE, offset }, { keep: true });
  const { data } = report;
  const change = (apply: () => void) => {
    apply();
    setOffset(0);
  };
  return (
    <>
      <PageHeader
        title="Usage"
        description="Live revenue beside the time that rendering took slots, by UTC day."
        actions={
          <Download label="Download CSV" name={`usage-${start}-${end}.csv`} type="text/csv" path={PATH} query={range} />
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
        <div className="check-row" role="group" aria-label="By">
          <span>By</span>
          {GROUPS.map(([group, label]) => (
            <CheckBox
              key={group}
              label={label}
              checked={groups.includes(group)}
              disabled={groups.length === 1 && groups[0] === group}
              onChange={({ target: { checked } }) =>
                change(() => setGroups(checked ? [...groups, group] : groups.filter((each) => each !== group)))
              }
            />
          ))}
        </div>
      </div>
      <Totals report={data} />
      {data?.slot_second === null && (
        <Notice tone="info" title="No margin yet">
          Set SLOT_SECOND_USD of the gateway to what a second of a slot costs you, and it is worked out for every row.
        </Notice>
      )}
      <Card flush>
        <Table<Row>
          label="Usage"
          rows={data?.data}
          error={report.error}
          retry={() => void report.refetch()}
          keyOf={({ date, account_id: account, model }) => `${date}/${account}/${model}`}
          empty={<Empty icon="chart" title="Nothing was charged or rendered in this time" />}
          columns={[...keyColumns(groups), ...SUMS]}
        />
        {data && (data.has_more || offset > 0) && (
          <div className="more">
            <div className="actions">
              <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
                Before
              </Button>
              <Button disabled={!data.has_more} onClick={() => setOffset(offset + PAGE)}>
                After
              </Button>
            </div>
          </div>
        )}
      </Card>
    </>
  );
}

function Totals({ report }: { report: Report | undefined }) {
  const totals = report?.totals;
  const shown = (of: (sums: Sums) => string) => (totals ? of(totals) : <Skeleton width={80} />);
  const part = totals && totals.slot_seconds > 0 ? totals.productive_slot_seconds / totals.slot_seconds : undefined;
  return (
    <dl className="stats">
      <Stat
        label="Revenue"
        value={shown(({ charged }) => charged)}
        note={totals ? `${totals.refunded} refunded` : ' '}
      />
      <Stat
        label="Slot time"
        value={shown(({ slot_seconds: seconds }) => lasting(seconds * 1_000))}
        note={part === undefined ? 'none taken' : `${Math.round(part * 100)} % of it for completed videos`}
      />
      <Stat
        label="Slots cost"
        value={shown(({ slot_cost: cost }) => cost ?? '–')}
        note={report?.slot_second ? `${report.slot_second} a second` : ' '}
      />
      <Stat label="Margin" value={shown(({ margin }) => margin ?? '–')} note="after refunds and slots" />
    </dl>
  );
}

function keyColumns(groups: readonly Grouping[]): Column<Row>[] {
  const columns: Readonly<Record<Grouping, Column<Row>>> = {
    day: { title: 'Day', cell: ({ date }) => date },
    account: {
      title: 'Account',
      cell: ({ account_id: id }) =>
        id && (
          <Link href={`/accounts/${id}`} className="link">
            <Mono>…{id.slice(-8)}</Mono>
          </Link>
        ),
    },
    model: { title: 'Model', cell: ({ model }) => model },
  };
  return GROUPS.filter(([group]) => groups.includes(group)).map(([group]) => columns[group]);
}

const SUMS: readonly Column<Row>[] = [
  {
    title: 'Videos',
    align: 'right',
    cell: ({ completed_jobs: done, other_jobs: other }) => (
      <span className="two">
        <span className="number">{count(done)}</span>
        <span>{other > 0 ? `${count(other)} ended otherwise` : ''}</span>
      </span>
    ),
    wide: true,
  },
  {
    title: 'Slot time',
    align: 'right',
    cell: ({ slot_seconds: seconds }) => <span className="number">{lasting(seconds * 1_000)}</span>,
    wide: true,
  },
  {
    title: 'Revenue',
    align: 'right',
    cell: ({ charged, refunded, refunded_micros: back }) => (
      <span className="two">
        <span className="strong number">{charged}</span>
        <span>{back > 0 ? `${refunded} refunded` : ''}</span>
      </span>
    ),
  },
  { title: 'Slots cost', align: 'right', cell: ({ slot_cost: cost }) => cost ?? '–', wide: true },
  {
    title: 'Margin',
    align: 'right',
    cell: ({ margin, margin_micros: micros }) => (
      <span className={micros !== null && micros < 0 ? 'strong number loss' : 'strong number'}>{margin ?? '–'}</span>
    ),
  },
];
