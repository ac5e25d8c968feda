import { useState } from 'react';
import { Link } from 'wouter';
import { lasting } from '../api/format';
import { usePages } from '../api/queries';
import type { Delivery } from '../api/types';
import { Button } from '../ui/button';
import { Card, Facts, Mono, Time } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { Choice } from '../ui/field';
import { Empty, Status } from '../ui/states';
import { Table } from '../ui/table';
import { ResendButton } from './resend';

const PAGE = 20;
const REFRESH_MS = 5_000;
const STATUSES = [
  ['', 'Any status'],
  ['delivered', 'Delivered'],
  ['pending', 'Pending'],
  ['failed', 'Failed'],
  ['superseded', 'Superseded'],
] as const;

export function Deliveries() {
  const [status, setStatus] = useState('');
  const [open, setOpen] = useState<Delivery>();
  const deliveries = usePages<Delivery>(
    '/v1/webhooks/deliveries',
    { limit: PAGE, status },
    { refetchInterval: REFRESH_MS },
  );
  return (
    <Card
      flush
      title="Delivery log"
      description="Every event, each attempt and what your server answered."
      action={
        <Choice
          label="Status"
          hideLabel
          options={STATUSES}
          value={status}
          onChange={(event) => setStatus(event.target.value)}
        />
      }
    >
      <Table
        label="Deliveries"
        rows={deliveries.rows}
        error={deliveries.error}
        retry={() => void deliveries.refetch()}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="hook" title="Nothing was sent yet">
            Add an endpoint, or name a webhook_url when you create a video.
          </Empty>
        }
        onMore={deliveries.hasNextPage ? () => void deliveries.fetchNextPage() : undefined}
        moreBusy={deliveries.isFetchingNextPage}
        columns={[
          {
            title: 'Event',
            cell: ({ event, url }) => (
              <span className="two">
                <span className="strong">{event}</span>
                <span className="clip">{url}</span>
              </span>
            ),
          },
          {
            title: 'Status',
            cell: ({ status: state, parked, redelivery_of: of }) => (
              <span className="two">
                <span>
                  <Status status={state} />
                </span>
                <span>{[parked && 'its server is in trouble', of && 'sent again'].filter(Boolean).join(' · ')}</span>
              </span>
            ),
          },
          { title: 'Attempts', align: 'right', cell: ({ attempts }) => attempts.length, wide: true },
          { title: 'Next', cell: ({ next_attempt_at: at }) => <Time at={at} />, wide: true },
          { title: 'Created', cell: ({ created_at: at }) => <Time at={at} /> },
          {
            title: '',
            align: 'right',
            cell: (delivery) => (
              <span className="row-actions">
                <ResendButton delivery={delivery} />
                <Button small look="quiet" onClick={() => setOpen(delivery)}>
                  Open
                </Button>
              </span>
            ),
          },
        ]}
      />
      <Dialog wide open={open !== undefined} onClose={() => setOpen(undefined)} title={open?.event ?? ''}>
        {open && <One delivery={open} onSent={() => setOpen(undefined)} />}
      </Dialog>
    </Card>
  );
}

function One({ delivery, onSent }: { delivery: Delivery; onSent: () => void }) {
  return (
    <>
      <Facts
        rows={[
          ['Event', <Mono>{delivery.event_id}</Mono>],
          ['To', delivery.url],
          ['Status', <Status status={delivery.status} />],
          ...(delivery.job_id
            ? [
                [
                  'Video',
                  <Link href={`/videos/${delivery.job_id}`} className="link">
                    <Mono>{delivery.job_id}</Mono>
                  </Link>,
                ] as const,
              ]
            : []),
        ]}
      />
      <ol className="timeline">
        {delivery.attempts.map((attempt) => (
          <li key={attempt.attempt} className={attempt.http_status && attempt.http_status < 300 ? 'good' : 'bad'}>
            <div>
              <div className="what">
                Attempt {attempt.attempt}: {attempt.http_status ? `HTTP ${attempt.http_status}` : attempt.error}
              </div>
              <div className="when">
                <Time at={attempt.started_at} /> · {lasting(attempt.duration_ms)}
                {attempt.http_status && attempt.error ? ` · ${attempt.error}` : ''}
              </div>
              {attempt.response_excerpt && (
                <pre className="excerpt" tabIndex={0} aria-label="What your server answered">
                  {attempt.response_excerpt}
                </pre>
              )}
            </div>
          </li>
        ))}
        {delivery.attempts.length === 0 && (
          <li>
            <div>
              <div className="what">Not tried yet</div>
            </div>
          </li>
        )}
      </ol>
      <footer className="form-end">
        <ResendButton delivery={delivery} onSent={onSent} />
      </footer>
    </>
  );
}
