import { useState } from 'react';
import { Link } from 'wouter';
import { count, plural, usd } from '../api/format';
import { useGet } from '../api/queries';
import type { Balance, Limits, List, Video } from '../api/types';
import { useSession } from '../session/session';
import { SpendChart } from '../billing/spend-chart';
import { LinkButton } from '../ui/button';
import { Card, PageHeader, Stat } from '../ui/card';
import { Failure, Skeleton } from '../ui/states';
import { hasEnded } from '../videos/follow';
import { VideoCard } from '../videos/videos';
import { FirstKeys } from './first-keys';
import { Quickstart } from './quickstart';

const RECENT = 3;
const REFRESH_MS = 3_000;

export function Home() {
  const { account, registered } = useSession();
  const [running, setRunning] = useState(false);
  const balance = useGet<Balance>('/v1/balance');
  const limits = useGet<Limits>('/v1/limits');
  const videos = useGet<List<Video>>(
    '/v1/videos',
    { limit: RECENT },
    { refetchInterval: running || registered ? REFRESH_MS : false },
  );
  const recent = videos.data?.data;
  const hasRunning = recent?.some((video) => !hasEnded(video.status)) ?? false;
  if (hasRunning !== running) setRunning(hasRunning);
  const isNew = recent?.length === 0 || registered !== undefined;
  return (
    <>
      <PageHeader
        title={account.name ? `Hello, ${account.name}` : 'Overview'}
        description={isNew ? 'Three steps to your first video.' : undefined}
        actions={
          <LinkButton to="/playground" look="primary" icon="spark">
            New video
          </LinkButton>
        }
      />
      {registered && <FirstKeys registered={registered} />}
      {videos.error && !recent && <Failure error={videos.error} retry={() => void videos.refetch()} />}
      {isNew && <Quickstart latest={recent?.[0]} />}
      <dl className="stats">
        <Stat
          label="Available"
          value={balance.data ? usd(balance.data.available_micros) : <Skeleton width={110} />}
          note={balance.data ? `${balance.data.held} held` : ' '}
        />
        <Stat
          label="Spent this month"
          value={balance.data ? (balance.data.current_period.spend ?? '–') : <Skeleton width={90} />}
          note={balance.data ? `${plural(balance.data.current_period.jobs, 'video')} completed` : ' '}
        />
        <Stat
          label="Rendering now"
          value={limits.data?.concurrent_jobs.in_use ?? <Skeleton width={40} />}
          note={limits.data ? `of ${limits.data.concurrent_jobs.allowed} at a time` : ' '}
        />
        <Stat
          label="Waiting"
          value={limits.data?.queued_jobs.in_use ?? <Skeleton width={40} />}
          note={limits.data ? `of ${count(limits.data.queued_jobs.allowed)} places` : ' '}
        />
      </dl>
      {!isNew && <SpendChart />}
      {recent && recent.length > 0 && (
        <Card
          title="Latest videos"
          action={
            <Link href="/videos" className="link">
              All videos
            </Link>
          }
        >
          <div className="video-grid">
            {recent.map((video) => (
              <VideoCard key={video.id} video={video} />
            ))}
          </div>
        </Card>
      )}
      {!isNew && recent && <Quickstart latest={recent[0]} />}
    </>
  );
}
