import { Link } from 'wouter';
import { useApi } from '../api/context';
import { usePages, useSend } from '../api/queries';
import { Card, Mono, PageHeader, Time } from '../ui/card';
import { ConfirmButton } from '../ui/dialog';
import { Empty, Status } from '../ui/states';
import { Table } from '../ui/table';

export interface OperatorOrder {
  readonly id: string;
  readonly object: 'operator_order';
  readonly kind: keyof typeof KINDS;
  readonly status: 'pending' | 'approved' | 'declined' | 'expired';
  readonly account_id: string;
  readonly amount: string;
  readonly reason: string;
  readonly author: string;
  readonly decided_by: string | null;
  readonly created_at: string | null;
}

const KINDS = { credit: 'Credit', adjustment: 'Adjustment', top_up: 'Manual top-up paid by transfer' } as const;
const PATH = '/admin/v1/orders';
const PAGE = 50;

export function Orders() {
  const { api } = useApi();
  const orders = usePages<OperatorOrder>(PATH, { limit: PAGE });
  const decide = useSend(
    ({ id, what }: { id: string; what: 'approve' | 'decline' }) => api.send('POST', `${PATH}/${id}/${what}`),
    [PATH, '/admin/v1/accounts'],
  );
  return (
    <>
      <PageHeader
        title="Orders"
        description="Credits, adjustments and confirmed top-ups above DUAL_CONTROL_USD move when a second operator has approved them."
      />
      <Card flush>
        <Table
          label="Orders"
          rows={orders.rows}
          error={orders.error}
          retry={() => void orders.refetch()}
          keyOf={({ id }) => id}
          empty={<Empty icon="shield" title="Nothing waits for a second operator" />}
          onMore={orders.hasNextPage ? () => void orders.fetchNextPage() : undefined}
          moreBusy={orders.isFetchingNextPage}
          columns={[
            {
              title: 'What',
              cell: ({ kind, amount, reason }) => (
                <span className="two">
                  <span className="strong">
                    {KINDS[kind]} {amount}
                  </span>
                  <span className="clip">{reason}</span>
                </span>
              ),
            },
            {
              title: 'Account',
              cell: ({ account_id: id }) => (
                <Link href={`/accounts/${id}`} className="link">
                  <Mono>…{id.slice(-8)}</Mono>
                </Link>
              ),
              wide: true,
            },
            {
              title: 'By',
              cell: ({ author, decided_by: by }) => (
                <span className="two">
                  <span>{author}</span>
                  <span>{by ? `decided by ${by}` : ''}</span>
                </span>
              ),
            },
            { title: 'When', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
            { title: 'Status', cell: ({ status }) => <Status status={status} /> },
            {
              title: '',
              align: 'right',
              cell: ({ id, status, amount }) =>
                status === 'pending' ? (
                  <span className="actions">
                    <ConfirmButton
                      small
                      look="quiet"
                      label="Decline"
                      title="Decline this order?"
                      confirm="Decline it"
                      description="No money moves."
                      run={() => decide.mutateAsync({ id, what: 'decline' })}
                    />
                    <ConfirmButton
                      small
                      label="Approve"
                      title={`Move ${amount}?`}
                      confirm="Approve it"
                      description="The money moves at once, under both of your names."
                      run={() => decide.mutateAsync({ id, what: 'approve' })}
                    />
                  </span>
                ) : null,
            },
          ]}
        />
      </Card>
    </>
  );
}
