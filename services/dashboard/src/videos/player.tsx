import { lasting } from '../api/format';
import type { Video } from '../api/types';
import { Meter } from '../ui/card';
import { Icon } from '../ui/icons';
import { Badge } from '../ui/states';
import { hasEnded } from './follow';

/** The video, or in the same place what has become of it so far. */
export function Player({ video }: { video: Video }) {
  if (video.status === 'completed' && video.video_url && !video.content_erased_at) {
    return (
      <div className="player" data-shape={video.aspect_ratio}>
        <video
          src={video.video_url}
          poster={video.thumbnail_url ?? undefined}
          controls
          playsInline
          loop
          muted
          autoPlay
          aria-label={`Video: ${video.prompt ?? video.id}`}
        />
      </div>
    );
  }
  return (
    <div className="player">
      <div className="stage" aria-live="polite">
        {hasEnded(video.status) ? <Ended video={video} /> : <Waiting video={video} />}
      </div>
    </div>
  );
}

function Waiting({ video }: { video: Video }) {
  const place = video.queue_position === null ? '' : ` · place ${video.queue_position} in the queue`;
  const rest = video.eta_seconds === null ? '' : `about ${lasting(video.eta_seconds * 1_000)} left`;
  return (
    <>
      <Badge tone="info" pulse>
        {video.status === 'pending' ? 'Waiting' : 'Rendering'}
      </Badge>
      <strong>{video.status === 'pending' ? `Waiting for a worker${place}` : `${video.progress} %`}</strong>
      <Meter label="Progress" value={video.progress} max={100} text={`${video.progress} percent`} />
      <span>{rest || 'Progress arrives as it happens.'}</span>
    </>
  );
}

function Ended({ video }: { video: Video }) {
  if (video.content_erased_at)
    return (
      <>
        <Icon name="trash" size={28} />
        <strong>Prompt and file are erased</strong>
        <span>The job and its money stay on record.</span>
      </>
    );
  if (video.status === 'failed')
    return (
      <>
        <Icon name="warn" size={28} />
        <strong>{video.error?.message ?? 'The video failed'}</strong>
        <span>{video.error?.code} · nothing was charged</span>
      </>
    );
  if (video.status === 'cancelled')
    return (
      <>
        <Icon name="stop" size={28} />
        <strong>Cancelled</strong>
        <span>The held money was released.</span>
      </>
    );
  return (
    <>
      <Icon name="film" size={28} />
      <strong>The file is gone</strong>
      <span>Files are kept for some days only; the job stays on record.</span>
    </>
  );
}
