import { useState } from 'react';
import { useApi } from '../api/context';
import { count } from '../api/format';
import { useGet, useSend } from '../api/queries';
import { Card, Mono, PageHeader, Time } from '../ui/card';
import { ConfirmButton } from '../ui/dialog';
import { Choice } from '../ui/field';
import { Empty, Failure, Loading, Notice } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';

interface Parked {
  readonly topic: string;
  readonly shard: number;
  readonly seq: number;
  readonly stream_id: string;
  readonly kind: string;
  readonly reason: string;
  readonly parked_at: string | null;
}

const CONSUMERS = ['ledger', 'scheduler', 'webhooks'];

export function Consumers() {
  const { api } = useApi();
  const [consumer, setConsumer] = useState(CONSUMERS[0]!);
  const path = `/admin/v1/consumers/${consumer}`;
  const parked = useGet<{ data: readonly Parked[] }>(`${path}/parked`);
  const undelivered = useGet<{ topic: string; ok: boolean; differences: readonly unknown[] }>(`${path}/undelivered`);
  const replay = useSend(
    (stream: string) =>
      api.send<{ replayed: number; still_parked: readonly string[] }>('POST', `${path}/replay`, {
        body: stream === '' ? {} : { stream_id: stream },
      }),
    [path],
  );
  const replayed = async (stream: string) => {
    const { replayed: handled, still_parked: still } = await replay.mutateAsync(stream);
    tell(
      `${count(handled)} handled`,
      still.length === 0 ? 'Nothing failed again.' : `${still.join(', ')} failed again.`,
    );
  };
  return (
    <>
      <PageHeader
        title="Events"
        description="What a service heard, could not handle, and was not delivered."
        actions={
          <Choice
            label="Consumer"
            hideLabel
            options={CONSUMERS.map((each) => [each, each] as const)}
            value={consumer}
            onChange={(event) => setConsumer(event.target.value)}
          />
        }
      />
      <Card title="Undelivered" description="Events that were published, and of which this service knows nothing.">
        {undelivered.error ? (
          <Failure error={undelivered.error} retry={() => void undelivered.refetch()} />
        ) : !undelivered.data ? (
          <Loading label="Comparing the logs" />
        ) : (
          <Notice
            tone={undelivered.data.ok ? 'good' : 'bad'}
            title={
              undelivered.data.ok
                ? `Nothing is undelivered of ${undelivered.data.topic}`
                : `${count(undelivered.data.differences.length)} differences`
            }
          >
            {!undelivered.data.ok && (
              <pre className="excerpt">{JSON.stringify(undelivered.data.differences, null, 2)}</pre>
            )}
          </Notice>
        )}
      </Card>
      <Card
        flush
        title="Parked"
        description="Set aside so that they hold nobody up."
        action={
          (parked.data?.data.length ?? 0) > 0 && (
            <ConfirmButton
              label="Replay all"
              icon="refresh"
              title={`Replay what ${consumer} parked?`}
              confirm="Replay"
              description="Each is handled again in a transaction of its own; what fails again stays parked."
              run={() => replayed('')}
            />
          )
        }
      >
        <Table
          label="Parked events"
          rows={parked.data?.data}
          error={parked.error}
          retry={() => void parked.refetch()}
          keyOf={({ topic, shard, seq }) => `${topic}/${shard}/${seq}`}
          empty={<Empty icon="inbox" title="Nothing is parked" />}
          columns={[
            {
              title: 'Event',
              cell: ({ kind, topic, shard, seq }) => (
                <span className="two">
                  <span className="strong">{kind}</span>
                  <span>
                    {topic} {shard}:{seq}
                  </span>
                </span>
              ),
            },
            { title: 'Stream', cell: ({ stream_id: id }) => <Mono>{id}</Mono>, wide: true },
            { title: 'Why', cell: ({ reason }) => reason },
            { title: 'Since', cell: ({ parked_at: at }) => <Time at={at} />, wide: true },
            {
              title: '',
              align: 'right',
              cell: ({ stream_id: stream }) => (
                <ConfirmButton
                  small
                  look="quiet"
                  label="Replay"
                  title={`Replay what is parked of ${stream}?`}
                  confirm="Replay it"
                  description="From its oldest event on, up to the first that fails again."
                  run={() => replayed(stream)}
                />
              ),
            },
          ]}
        />
      </Card>
    </>
  );
}
