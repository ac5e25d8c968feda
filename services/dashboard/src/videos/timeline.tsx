import { exactTime, lasting } from '../api/format';
import type { Attempt, Video } from '../api/types';
import { words } from '../api/format';

interface Step {
  readonly at: string;
  readonly what: string;
  readonly note?: string;
  readonly tone?: 'good' | 'bad' | 'info';
}

export function Timeline({ video }: { video: Video }) {
  return (
    <ol className="timeline">
      {stepsOf(video).map((step) => (
        <li key={`${step.what}${step.at}`} className={step.tone}>
          <div>
            <div className="what">{step.what}</div>
            <div className="when">
              <time dateTime={step.at}>{exactTime(step.at)}</time>
              {step.note && <> · {step.note}</>}
            </div>
          </div>
        </li>
      ))}
    </ol>
  );
}

export function stepsOf(video: Video): Step[] {
  const steps: Step[] = [{ at: video.created_at, what: 'Accepted, price held', note: video.estimated_cost }];
  for (const attempt of video.attempts) steps.push(...stepsOfAttempt(attempt, video.attempts.length > 1));
  if (video.completed_at) steps.push(endOf(video, video.completed_at));
  if (video.content_erased_at) steps.push({ at: video.content_erased_at, what: 'Content erased' });
  return steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function stepsOfAttempt(
  { attempt, engine, worker, started_at: start, ended_at: end, outcome }: Attempt,
  many: boolean,
): Step[] {
  const name = many ? `Attempt ${attempt}` : 'Rendering';
  const steps: Step[] = [];
  if (start) steps.push({ at: start, what: `${name} started`, note: `${engine} on ${worker}`, tone: 'info' });
  if (start && end && outcome && outcome !== 'completed')
    steps.push({
      at: end,
      what: `${name}: ${words(outcome).toLowerCase()}`,
      note: `after ${lasting(Date.parse(end) - Date.parse(start))}`,
      tone: 'bad',
    });
  return steps;
}

function endOf(video: Video, at: string): Step {
  const note = `after ${lasting(Date.parse(at) - Date.parse(video.created_at))} in all`;
  if (video.status === 'completed')
    return { at, what: `Completed, ${video.cost ?? 'nothing'} charged`, note, tone: 'good' };
  if (video.status === 'failed')
    return { at, what: `Failed: ${video.error?.code ?? 'unknown'}, nothing charged`, note, tone: 'bad' };
  return { at, what: 'Cancelled, hold released', note };
}
