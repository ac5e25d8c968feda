import { Link, useParams } from 'wouter';
import { useApi } from '../api/context';
import { exactTime, usd } from '../api/format';
import { useGet, useSend } from '../api/queries';
import type { Delivery, LedgerEntry, List, Video } from '../api/types';
import { useSession } from '../session/session';
import { CopyButton, LinkButton, Outside } from '../ui/button';
import { Card, Facts, Mono, PageHeader, Time } from '../ui/card';
import { ConfirmButton } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { Empty, Failure, Loading, Status } from '../ui/states';
import { Table } from '../ui/table';
import { hasEnded, useVideo } from './follow';
import { orderOf } from './order';
import { Player } from './player';
import { curlOf } from './snippets';
import { Timeline } from './timeline';
import { DeliveryRows } from './video-deliveries';

const DELIVERIES_EVERY_MS = 5_000;
const CHANGED = ['/v1/videos', '/v1/balance', '/v1/ledger'];

export function VideoDetail() {
  const { id = '' } = useParams<{ id: string }>();
  const { data: video, error, refetch } = useVideo(id);
  if (error && !video)
    return (
      <>
        <PageHeader title="Video" />
        <Failure error={error} retry={() => void refetch()} />
      </>
    );
  if (!video) return <Loading label="Loading the video" />;
  return (
    <>
      <PageHeader
        title={titleOf(video)}
        actions={<Actions video={video} />}
        above={
          <Link href="/videos" className="crumb">
            <Icon name="left" size={14} />
            All videos
          </Link>
        }
      />
      <div className="grid-side">
        <div className="stack">
          <Player video={video} />
          <Card title="Prompt">
            <p className="prompt-text">{video.prompt ?? <span className="faint">The prompt is erased.</span>}</p>
            {video.negative_prompt && <Facts rows={[['Not shown', video.negative_prompt]]} />}
          </Card>
          <LedgerCard id={id} />
          <DeliveriesCard id={id} />
        </div>
        <div className="stack">
          <Card title="Money">
            <Money video={video} />
          </Card>
          <Card title="Timeline">
            <Timeline video={video} />
          </Card>
          <Card title="Details">
            <Details video={video} />
          </Card>
        </div>
      </div>
    </>
  );
}

function titleOf({ prompt, id }: Video): string {
  if (!prompt) return id;
  return prompt.length > 70 ? `${prompt.slice(0, 68)}…` : prompt;
}

function Actions({ video }: { video: Video }) {
  const { api } = useApi();
  const { keys, environment } = useSession();
  const cancel = useSend(() => api.send('POST', `/v1/videos/${video.id}/cancel`), CHANGED);
  const erase = useSend(() => api.send('DELETE', `/v1/videos/${video.id}/content`), CHANGED);
  const key = keys[environment] ?? '$USV_API_KEY';
  return (
    <>
      {video.prompt !== null && (
        <CopyButton label="Copy as curl" text={() => curlOf(location.origin, key, orderOf(video))} />
      )}
      {video.prompt !== null && (
        <LinkButton small to={`/playground?from=${video.id}`} icon="refresh">
          Make again
        </LinkButton>
      )}
      {video.video_url && !video.content_erased_at && (
        <Outside href={video.video_url} look="plain" small icon="download" download={`${video.id}.mp4`}>
          Download
        </Outside>
      )}
      {video.cancellable && (
        <ConfirmButton
          small
          icon="stop"
          label="Cancel"
          title="Cancel this video?"
          confirm="Cancel the video"
          description="It stops before it renders, and the held money is yours again at once."
          run={() => cancel.mutateAsync()}
        />
      )}
      {hasEnded(video.status) && !video.content_erased_at && (
        <ConfirmButton
          small
          icon="trash"
          label="Erase"
          title="Erase prompt and file?"
          confirm="Erase for ever"
          description="Prompt, first frame, metadata and the file are deleted and cannot be brought back. The job and its money stay on record."
          run={() => erase.mutateAsync()}
        />
      )}
    </>
  );
}

function Money({ video }: { video: Video }) {
  const { billing } = video;
  return (
    <Facts
      rows={[
        ['Price held', <span className="number">{video.estimated_cost}</span>],
        ['Charged', <span className="number strong">{video.cost ?? '–'}</span>],
        ...(billing.released_micros > 0
          ? [['Released', <span className="number">{usd(billing.released_micros)}</span>] as const]
          : []),
        ...(billing.refunded_micros > 0
          ? [['Refunded', <span className="number">{usd(billing.refunded_micros)}</span>] as const]
          : []),
        [
          'State',
          <>
            {billing.state}
            {billing.settled ? '' : ' (being settled)'}
          </>,
        ],
        ...(billing.rule ? [['Rule', billing.rule] as const] : []),
      ]}
    />
  );
}

function Details({ video }: { video: Video }) {
  return (
    <Facts
      rows={[
        ['Status', <Status status={video.status} />],
        [
          'Job',
          <>
            <Mono>{video.id}</Mono> <CopyButton compact text={video.id} label="Copy the job's id" />
          </>,
        ],
        ['Model', video.model],
        ['Picture', `${video.resolution} · ${video.aspect_ratio ?? 'as the first frame'} · ${video.duration} s`],
        ['Seed', <span className="number">{video.seed}</span>],
        ['API key', <Mono>{video.api_key_id}</Mono>],
        ...(video.end_user ? [['End user', video.end_user] as const] : []),
        ...(video.webhook_url ? [['Webhook', video.webhook_url] as const] : []),
        ...(video.video_url_expires_at ? [['Link until', exactTime(video.video_url_expires_at)] as const] : []),
        ['Trace', <Trace id={video.trace_id} />],
        ...Object.entries(video.metadata).map(([name, value]) => [`metadata.${name}`, value] as const),
      ]}
    />
  );
}

/** The way to what every service did for the video, where the installation shows traces. */
function Trace({ id }: { id: string }) {
  const { signed } = useSession();
  const template = signed?.kind === 'session' ? signed.session.trace_url_template : null;
  return (
    <>
      {template ? (
        <a className="link" href={template.replaceAll('{trace_id}', id)} target="_blank" rel="noreferrer">
          <Mono>{id}</Mono>
        </a>
      ) : (
        <Mono>{id}</Mono>
      )}{' '}
      <CopyButton compact text={id} label="Copy the trace's id" />
    </>
  );
}

function LedgerCard({ id }: { id: string }) {
  const entries = useGet<List<LedgerEntry>>('/v1/ledger', { job_id: id });
  return (
    <Card flush title="Ledger entries" description="Each movement of money of this job.">
      <Table
        label="Ledger entries"
        rows={entries.data?.data}
        error={entries.error}
        retry={() => void entries.refetch()}
        keyOf={(entry) => entry.id}
        empty={<Empty icon="wallet" title="No money has moved" />}
        columns={[
          { title: 'What', cell: ({ kind }) => kind.replaceAll('_', ' ') },
          { title: 'When', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
          { title: 'Available', align: 'right', cell: (entry) => entry.available_change },
          { title: 'Held', align: 'right', cell: (entry) => entry.held_change },
          { title: 'Balance after', align: 'right', cell: (entry) => entry.balance_after },
        ]}
      />
    </Card>
  );
}

function DeliveriesCard({ id }: { id: string }) {
  const deliveries = useGet<List<Delivery>>(
    '/v1/webhooks/deliveries',
    { job_id: id },
    { refetchInterval: DELIVERIES_EVERY_MS },
  );
  return (
    <Card flush title="Webhook deliveries" description="What your endpoints were told of this job.">
      <DeliveryRows query={deliveries} />
    </Card>
  );
}
