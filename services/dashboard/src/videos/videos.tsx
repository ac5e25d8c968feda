import { useDeferredValue, useState } from 'react';
import { Link } from 'wouter';
import { usePages } from '../api/queries';
import type { JobStatus, Video } from '../api/types';
import { Button, LinkButton } from '../ui/button';
import { PageHeader, Time } from '../ui/card';
import { Choice, TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { Empty, Failure, Skeleton, Status } from '../ui/states';
import { hasEnded } from './follow';

const PAGE = 24;
const REFRESH_RUNNING_MS = 2_500;
const STATUSES: readonly (readonly [JobStatus | '', string])[] = [
  ['', 'Any status'],
  ['completed', 'Completed'],
  ['processing', 'Processing'],
  ['pending', 'Pending'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
];
const PERIODS = [
  ['', 'Any time'],
  ['1', 'Last 24 hours'],
  ['7', 'Last 7 days'],
  ['30', 'Last 30 days'],
] as const;

export function Videos() {
  const [status, setStatus] = useState('');
  const [period, setPeriod] = useState('');
  const [endUser, setEndUser] = useState('');
  const [search, setSearch] = useState('');
  const [since, setSince] = useState<string>();
  const [running, setRunning] = useState(false);
  const query = { limit: PAGE, status, end_user: useDeferredValue(endUser.trim()), created_after: since };
  const videos = usePages<Video>('/v1/videos', query, running ? { refetchInterval: REFRESH_RUNNING_MS } : {});
  const hasRunning = videos.rows?.some((video) => !hasEnded(video.status)) ?? false;
  if (hasRunning !== running) setRunning(hasRunning);
  const shown = matching(videos.rows, search);
  const filtered = status !== '' || period !== '' || endUser !== '' || search !== '';
  const choosePeriod = (days: string) => {
    setPeriod(days);
    setSince(days === '' ? undefined : new Date(Date.now() - Number(days) * 86_400_000).toISOString());
  };
  return (
    <>
      <PageHeader
        title="Videos"
        description="Every job of this environment, newest first."
        actions={
          <LinkButton to="/playground" look="primary" icon="plus">
            New video
          </LinkButton>
        }
      />
      <div className="filters" role="search">
        <div className="search">
          <TextField
            label="Search"
            type="search"
            placeholder="Words of the prompt, or an id"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <Choice label="Status" options={STATUSES} value={status} onChange={(event) => setStatus(event.target.value)} />
        <Choice
          label="Created"
          options={PERIODS}
          value={period}
          onChange={(event) => choosePeriod(event.target.value)}
        />
        <TextField
          label="End user"
          placeholder="Any"
          value={endUser}
          onChange={(event) => setEndUser(event.target.value)}
        />
      </div>
      {videos.error && !shown && <Failure error={videos.error} retry={() => void videos.refetch()} />}
      {!shown && !videos.error && (
        <div className="video-grid" aria-busy="true">
          {Array.from({ length: 6 }, (_, at) => (
            <Waiting key={at} />
          ))}
        </div>
      )}
      {shown?.length === 0 && <None filtered={filtered} more={videos.hasNextPage} />}
      {shown && shown.length > 0 && (
        <div className="video-grid">
          {shown.map((video) => (
            <VideoCard key={video.id} video={video} />
          ))}
        </div>
      )}
      {videos.hasNextPage && (
        <div className="more">
          <Button busy={videos.isFetchingNextPage} onClick={() => void videos.fetchNextPage()}>
            {search ? 'Search older videos' : 'Show more'}
          </Button>
        </div>
      )}
    </>
  );
}

/** The platform filters; words are looked for among what is loaded. */
function matching(videos: readonly Video[] | undefined, search: string): readonly Video[] | undefined {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return videos;
  return videos?.filter(
    (video) =>
      video.id.toLowerCase().includes(wanted) ||
      video.prompt?.toLowerCase().includes(wanted) ||
      Object.values(video.metadata).some((value) => value.toLowerCase().includes(wanted)),
  );
}

function None({ filtered, more }: { filtered: boolean; more: boolean }) {
  if (filtered)
    return (
      <Empty icon="search" title="No video matches">
        {more ? 'None among those loaded so far; older ones may match.' : 'Try fewer filters.'}
      </Empty>
    );
  return (
    <Empty
      icon="film"
      title="No videos here yet"
      action={
        <LinkButton to="/playground" look="primary" icon="spark">
          Open the playground
        </LinkButton>
      }
    >
      Make the first one in the playground, or copy the call from the overview.
    </Empty>
  );
}

function Waiting() {
  return (
    <div className="video-card">
      <div className="frame">
        <Skeleton width="100%" height="100%" />
      </div>
      <div className="text">
        <Skeleton width="85%" height={42} />
        <Skeleton width="60%" height={22} />
      </div>
    </div>
  );
}

export function VideoCard({ video }: { video: Video }) {
  const { id, status, prompt, progress } = video;
  return (
    <Link href={`/videos/${id}`} className="video-card">
      <div className="frame">
        {video.thumbnail_url && !video.content_erased_at ? (
          <img src={video.thumbnail_url} alt="" loading="lazy" />
        ) : (
          <Icon name={status === 'failed' ? 'warn' : status === 'cancelled' ? 'stop' : 'film'} size={28} />
        )}
        <span className="length">{video.duration} s</span>
        {status === 'processing' && (
          <span className="bar">
            <span style={{ width: `${progress}%` }} />
          </span>
        )}
      </div>
      <div className="text">
        <span className="prompt">{prompt ?? <span className="faint">The prompt is erased</span>}</span>
        <span className="meta">
          <Status status={status} />
          <span>
            {video.resolution} · <Time at={video.created_at} />
          </span>
        </span>
      </div>
    </Link>
  );
}
