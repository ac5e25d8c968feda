import { type ReactNode, useEffect, useState } from 'react';
import { ago, exactTime } from '../api/format';

export function Card({
  title,
  description,
  action,
  children,
  flush = false,
}: {
  title?: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
  flush?: boolean;
}) {
  return (
    <section className={flush ? 'card flush' : 'card'}>
      {(title || action) && (
        <header className="card-header">
          <div>
            {title && <h2>{title}</h2>}
            {description && <p>{description}</p>}
          </div>
          {action && <div className="actions">{action}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** Sets the tab's title too. */
export function PageHeader({
  title,
  description,
  actions,
  above,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  above?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · US Video API`;
  }, [title]);
  return (
    <header className="page-header">
      <div>
        {above}
        <h1>{title}</h1>
        {description && <p>{description}</p>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </header>
  );
}

export function Stat({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd>{value}</dd>
      {note && <dd className="note">{note}</dd>}
    </div>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Meter({
  label,
  value,
  max,
  text,
  tone = 'accent',
}: {
  label: string;
  value: number;
  max: number;
  text: string;
  tone?: 'accent' | 'warn' | 'bad';
}) {
  const part = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <div
      className={`meter ${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
    >
      <span style={{ width: `${part * 100}%` }} />
    </div>
  );
}

const TICK_MS = 30_000;

/** How long ago; the exact time is one hover away. */
export function Time({ at }: { at: string | null | undefined }) {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return at ? (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at, Math.max(nowMs, Date.now()))}
    </time>
  ) : (
    <span className="faint">–</span>
  );
}

export function Mono({ children }: { children: ReactNode }) {
  return <code className="mono">{children}</code>;
}
