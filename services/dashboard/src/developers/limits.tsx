import { count } from '../api/format';
import { useGet } from '../api/queries';
import type { Limits } from '../api/types';
import { useSession } from '../session/session';
import { Card, Meter, PageHeader } from '../ui/card';
import { Failure, Skeleton } from '../ui/states';

const REFRESH_MS = 3_000;
const NEAR = 0.8;

const IN_USE = [
  ['concurrent_jobs', 'Rendering at a time', 'More wait as pending; none is refused for it.'],
  ['queued_jobs', 'Waiting in the queue', 'A create beyond it is refused with queue_limit_exceeded.'],
  ['streams', 'Open event streams', 'Connections that follow jobs.'],
] as const;

export function LimitsPage() {
  const { account, environment } = useSession();
  const limits = useGet<Limits>('/v1/limits', undefined, { refetchInterval: REFRESH_MS });
  const { data } = limits;
  return (
    <>
      <PageHeader
        title="Limits"
        description={`What the ${environment} environment may use, and what it uses now. Plan: ${account.plan || 'standard'}.`}
      />
      {limits.error && !data && <Failure error={limits.error} retry={() => void limits.refetch()} />}
      <div className="grid-2">
        <Card title="In use now">
          {IN_USE.map(([name, title, note]) => {
            const use = data?.[name];
            const part = use && use.allowed > 0 ? use.in_use / use.allowed : 0;
            return (
              <div className="meter-row" key={name}>
                <div>
                  <span className="strong">{title}</span>
                  <span className="number">
                    {use ? `${count(use.in_use)} of ${count(use.allowed)}` : <Skeleton width={70} />}
                  </span>
                </div>
                <Meter
                  label={title}
                  value={use?.in_use ?? 0}
                  max={use?.allowed ?? 0}
                  text={use ? `${use.in_use} of ${use.allowed}` : 'unknown'}
                  tone={part >= 1 ? 'bad' : part > NEAR ? 'warn' : 'accent'}
                />
                <p className="note">{note}</p>
              </div>
            );
          })}
        </Card>
        <Card title="Requests a minute" description="A full minute may be spent in one burst; it refills evenly.">
          <dl className="facts">
            <div>
              <dt>Creates</dt>
              <dd className="number strong">
                {data ? count(data.creates_per_minute.allowed) : <Skeleton width={50} />}
              </dd>
            </div>
            <div>
              <dt>Reads</dt>
              <dd className="number strong">{data ? count(data.reads_per_minute.allowed) : <Skeleton width={50} />}</dd>
            </div>
          </dl>
          <p className="note">
            Each answer says in X-RateLimit-Remaining what is left. The operator raises a limit without a restart; it
            holds within a second.
          </p>
        </Card>
      </div>
    </>
  );
}
