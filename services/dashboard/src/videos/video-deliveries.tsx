import type { ApiError } from '../api/client';
import { lasting } from '../api/format';
import type { Delivery, List } from '../api/types';
import { ResendButton } from '../developers/resend';
import { Time } from '../ui/card';
import { Empty, Status } from '../ui/states';
import { Table } from '../ui/table';

export function DeliveryRows({
  query,
}: {
  query: { data: List<Delivery> | undefined; error: ApiError | null; refetch: () => unknown };
}) {
  return (
    <Table
      label="Webhook deliveries"
      rows={query.data?.data}
      error={query.error}
      retry={() => void query.refetch()}
      keyOf={(delivery) => delivery.id}
      empty={
        <Empty icon="hook" title="Nothing was sent">
          A job tells its webhook_url, and your endpoints, when it ends.
        </Empty>
      }
      columns={[
        {
          title: 'Event',
          cell: ({ event, url }) => (
            <span className="two">
              <span>{event}</span>
              <span className="clip">{url}</span>
            </span>
          ),
        },
        { title: 'Status', cell: ({ status }) => <Status status={status} /> },
        {
          title: 'Attempts',
          cell: ({ attempts }) => (
            <span className="two">
              {attempts.map((attempt) => (
                <span key={attempt.attempt}>
                  {attempt.http_status ?? attempt.error ?? '–'} after {lasting(attempt.duration_ms)}
                </span>
              ))}
            </span>
          ),
        },
        { title: 'Created', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
        { title: '', align: 'right', cell: (delivery) => <ResendButton delivery={delivery} /> },
      ]}
    />
  );
}
