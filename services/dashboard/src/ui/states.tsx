import type { ReactNode } from 'react';
import type { ApiError } from '../api/client';
import { Button } from './button';
import { Icon, type IconName } from './icons';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

export function Badge({
  tone = 'neutral',
  pulse = false,
  children,
}: {
  tone?: Tone;
  pulse?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`badge ${tone}`} data-pulse={pulse || undefined}>
      {children}
    </span>
  );
}

const TONES: Readonly<Record<string, Tone>> = {
  completed: 'good',
  delivered: 'good',
  active: 'good',
  approved: 'good',
  declined: 'neutral',
  failed: 'bad',
  suspended: 'bad',
  expired: 'neutral',
  cancelled: 'neutral',
  superseded: 'neutral',
  processing: 'info',
  pending: 'warn',
  enabled: 'good',
  disabled: 'neutral',
};

export function Status({ status }: { status: string }) {
  return (
    <Badge tone={TONES[status] ?? 'neutral'} pulse={status === 'processing'}>
      {status.charAt(0).toUpperCase() + status.slice(1)}
    </Badge>
  );
}

export function Notice({
  tone,
  title,
  children,
  action,
}: {
  tone: 'info' | 'warn' | 'bad' | 'good';
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warn'} />
      <div>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={24} />
      </span>
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong in the platform's own words, with the number support asks for. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <Notice
      tone="bad"
      title={titleOf(error)}
      action={
        retry && (
          <Button small icon="refresh" onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {error.message}
      {error.requestId && (
        <span className="request-id">
          Request <code>{error.requestId}</code>
          {error.docUrl && (
            <>
              {' '}
              ·{' '}
              <a href={error.docUrl} target="_blank" rel="noreferrer">
                what <code>{error.code}</code> means
              </a>
            </>
          )}
        </span>
      )}
    </Notice>
  );
}

function titleOf(error: ApiError): string {
  if (error.status === 0) return 'No answer';
  if (error.status === 403) return 'Not allowed';
  if (error.status === 404) return 'Not found';
  if (error.status === 429) return 'Too many requests';
  return error.status >= 500 ? 'The platform could not answer' : 'That did not work';
}

/** Holds the place of text that is on its way, in the size it will have. */
export function Skeleton({ width = '100%', height = '1em' }: { width?: string | number; height?: string | number }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

export function Loading({ label = 'Loading' }: { label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{label} …</span>
    </div>
  );
}
