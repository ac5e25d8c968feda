import { useState } from 'react';
import { useApi } from '../api/context';
import { count } from '../api/format';
import { usePages, useSend } from '../api/queries';
import { Card, Meter, Mono, PageHeader, Stat, Time } from '../ui/card';
import { ConfirmDialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { Menu } from '../ui/menu';
import { Badge, Empty, Skeleton } from '../ui/states';
import { Table } from '../ui/table';

interface Worker {
  readonly id: string;
  readonly engine: string;
  readonly node: string | null;
  readonly job_classes: readonly string[];
  readonly slots: number;
  readonly running_jobs: number;
  readonly connected: boolean;
  readonly cordon: string | null;
  readonly last_error: {
    readonly code: string;
    readonly message: string | null;
    readonly job_id: string;
    readonly at: string | null;
  } | null;
  readonly seen_at: string | null;
}

type Order = 'cordoned' | 'draining' | 'none';

const PATH = '/admin/v1/workers';
const PAGE = 100;
const REFRESH_MS = 3_000;
const ORDERS: Readonly<Record<Order, { readonly label: string; readonly confirm: string; readonly means: string }>> = {
  cordoned: { label: 'Cordon', confirm: 'Cordon', means: 'It takes no more work, and finishes what it has.' },
  draining: {
    label: 'Drain',
    confirm: 'Drain',
    means: 'It takes no more work, finishes what runs, and can then be stopped.',
  },
  none: { label: 'Give it work again', confirm: 'Give it work', means: 'It takes work within a second.' },
};

export function Fleet() {
  const workers = usePages<Worker>(PATH, { limit: PAGE }, { refetchInterval: REFRESH_MS });
  const rows = workers.rows;
  const sum = (of: (worker: Worker) => number) =>
    rows ? count(rows.reduce((total, worker) => total + of(worker), 0)) : <Skeleton width={40} />;
  const here = (worker: Worker) => worker.connected && worker.cordon === null;
  return (
    <>
      <PageHeader title="Fleet" description="Workers, what they can render, and how busy they are." />
      <dl className="stats">
        <Stat
          label="Workers"
          value={sum(() => 1)}
          note={rows ? `${rows.filter(({ connected }) => !connected).length} not connected` : ' '}
        />
        <Stat
          label="Slots"
          value={sum((worker) => (here(worker) ? worker.slots : 0))}
          note="of workers that take work"
        />
        <Stat label="Rendering" value={sum(({ running_jobs: running }) => running)} note="at the moment" />
      </dl>
      <Card flush title="Workers">
        <Table
          label="Workers"
          rows={rows}
          error={workers.error}
          retry={() => void workers.refetch()}
          keyOf={({ id }) => id}
          empty={
            <Empty icon="server" title="No worker has come">
              Jobs wait until one does; none is refused for it.
            </Empty>
          }
          onMore={workers.hasNextPage ? () => void workers.fetchNextPage() : undefined}
          moreBusy={workers.isFetchingNextPage}
          columns={[
            {
              title: 'Worker',
              cell: ({ id, node }) => (
                <span className="two">
                  <Mono>{id}</Mono>
                  <span>{node}</span>
                </span>
              ),
            },
            {
              title: 'Engine',
              cell: ({ engine, job_classes: classes }) => (
                <span className="two">
                  <span className="strong">{engine}</span>
                  <span className="clip">{classes.join(', ')}</span>
                </span>
              ),
              wide: true,
            },
            {
              title: 'Busy',
              cell: ({ running_jobs: running, slots }) => (
                <Meter label="Busy" value={running} max={slots} text={`${running} of ${slots}`} />
              ),
            },
            {
              title: '',
              align: 'right',
              cell: ({ running_jobs: running, slots }) => (
                <span className="number">
                  {running} of {slots}
                </span>
              ),
            },
            { title: 'State', cell: (worker) => <State worker={worker} /> },
            { title: 'Last error', cell: (worker) => <LastError worker={worker} />, wide: true },
            { title: 'Seen', cell: ({ seen_at: at }) => <Time at={at} />, wide: true },
            { title: 'Orders', align: 'right', cell: (worker) => <Orders worker={worker} /> },
          ]}
        />
      </Card>
    </>
  );
}

function State({ worker: { connected, cordon } }: { worker: Worker }) {
  if (!connected) return <Badge tone="bad">Not connected</Badge>;
  return cordon === null ? <Badge tone="good">Takes work</Badge> : <Badge tone="warn">{cordon}</Badge>;
}

function LastError({ worker: { last_error: error } }: { worker: Worker }) {
  if (error === null) return <span className="faint">none in a week</span>;
  return (
    <span className="two" title={`${error.job_id}${error.message ? `: ${error.message}` : ''}`}>
      <span className="clip">{error.message ?? error.code}</span>
      <span>
        {error.code} · <Time at={error.at} />
      </span>
    </span>
  );
}

function Orders({ worker }: { worker: Worker }) {
  const { api } = useApi();
  const [asked, setAsked] = useState<{ order: Order; path: string; of: string }>();
  const give = useSend(
    ({ order, path }: { order: Order; path: string }) => api.send('PUT', path, { body: { state: order } }),
    [PATH],
  );
  const places = [
    { path: `${PATH}/${worker.id}/cordon`, of: worker.id, who: '' },
    ...(worker.node
      ? [{ path: `/admin/v1/nodes/${worker.node}/cordon`, of: `all workers of ${worker.node}`, who: ' the machine' }]
      : []),
  ];
  const orders = Object.keys(ORDERS).filter((order) => (worker.cordon === null) === (order !== 'none')) as Order[];
  return (
    <>
      <Menu
        className="button quiet small"
        trigger={
          <>
            Order<span className="visually-hidden"> {worker.id}</span>
            <Icon name="down" size={14} />
          </>
        }
        items={places.flatMap(({ path, of, who }) =>
          orders.map((order) => ({ label: `${ORDERS[order].label}${who}`, run: () => setAsked({ order, path, of }) })),
        )}
      />
      {asked && (
        <ConfirmDialog
          open
          onClose={() => setAsked(undefined)}
          title={`${ORDERS[asked.order].label}: ${asked.of}?`}
          confirm={ORDERS[asked.order].confirm}
          description={ORDERS[asked.order].means}
          run={() => give.mutateAsync(asked)}
        />
      )}
    </>
  );
}
