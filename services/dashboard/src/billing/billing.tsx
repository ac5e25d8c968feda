import { useGet, usePages } from '../api/queries';
import type { Balance, LedgerEntry } from '../api/types';
import { Card, Mono, PageHeader, Stat, Time } from '../ui/card';
import { Empty, Failure, Notice, Skeleton } from '../ui/states';
import { Table } from '../ui/table';
import { Link } from 'wouter';
import { plural, usd, words } from '../api/format';
import { AutoTopUpCard } from './auto-top-up';
import { Caps } from './caps';
import { SpendChart } from './spend-chart';
import { Statements } from './statements';
import { TopUpButton, TopUps } from './top-ups';
import { useSession } from '../session/session';

const PAGE = 20;

export function Billing() {
  const { environment } = useSession();
  const balance = useGet<Balance>('/v1/balance');
  const { data } = balance;
  return (
    <>
      <PageHeader
        title="Billing"
        description="Prepaid: a job holds its price, and only a completed video is charged."
        actions={environment === 'live' ? <TopUpButton /> : undefined}
      />
      {balance.error && !data && <Failure error={balance.error} retry={() => void balance.refetch()} />}
      {data && data.owed_micros > 0 && (
        <Notice tone="warn" title={`${data.owed} is owed`}>
          A payment was taken back after it was spent. The next top-up settles it first.
        </Notice>
      )}
      <dl className="stats">
        <Stat
          label="Available"
          value={data ? usd(data.available_micros) : <Skeleton width={110} />}
          note="can be spent now"
        />
        <Stat label="Held" value={data ? usd(data.held_micros) : <Skeleton width={90} />} note="for videos under way" />
        <Stat
          label="Spent this month"
          value={data ? (data.current_period.spend ?? '–') : <Skeleton width={90} />}
          note={data ? plural(data.current_period.jobs, 'completed video') : ' '}
        />
        <Stat label="Spent in all" value={data ? data.total_spend : <Skeleton width={90} />} />
      </dl>
      <SpendChart />
      <div className="grid-2">
        <Caps balance={data} />
        <div className="stack">
          <TopUps />
          {environment === 'live' && <AutoTopUpCard />}
        </div>
      </div>
      <Statements />
      <Entries />
    </>
  );
}

function Entries() {
  const entries = usePages<LedgerEntry>('/v1/ledger', { limit: PAGE });
  return (
    <Card
      flush
      title="Ledger"
      description="Every movement, with the balance it left. Nothing is ever changed or removed."
    >
      <Table
        label="Ledger"
        rows={entries.rows}
        error={entries.error}
        retry={() => void entries.refetch()}
        keyOf={(entry) => entry.id}
        empty={<Empty icon="wallet" title="No money has moved yet" />}
        onMore={entries.hasNextPage ? () => void entries.fetchNextPage() : undefined}
        moreBusy={entries.isFetchingNextPage}
        columns={[
          {
            title: 'What',
            cell: ({ kind, note, reference }) => (
              <span className="two">
                <span>{words(kind)}</span>
                <span className="clip">{note ?? reference ?? ''}</span>
              </span>
            ),
          },
          {
            title: 'Job',
            cell: ({ job_id: job }) =>
              job ? (
                <Link href={`/videos/${job}`} className="link">
                  <Mono>…{job.slice(-8)}</Mono>
                </Link>
              ) : (
                <span className="faint">–</span>
              ),
          },
          { title: 'When', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
          {
            title: 'Available',
            align: 'right',
            cell: (entry) => (
              <span className={entry.available_change_micros > 0 ? 'plus' : undefined}>
                {entry.available_change_micros === 0 ? '–' : signed(entry.available_change)}
              </span>
            ),
          },
          {
            title: 'Held',
            align: 'right',
            cell: (entry) => (entry.held_change_micros === 0 ? '–' : signed(entry.held_change)),
          },
          { title: 'Balance after', align: 'right', cell: (entry) => entry.balance_after },
        ]}
      />
    </Card>
  );
}

function signed(amount: string): string {
  return amount.startsWith('-') ? amount : `+${amount}`;
}
