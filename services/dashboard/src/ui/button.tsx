import { type ButtonHTMLAttributes, type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './icons';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly icon?: IconName;
  readonly busy?: boolean;
  readonly small?: boolean;
}

const classOf = (look: Look, small: boolean) => `button ${look}${small ? ' small' : ''}`;

/** A busy button keeps its width and its focus. */
export function Button({
  look = 'plain',
  icon,
  busy = false,
  small = false,
  children,
  className = '',
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${classOf(look, small)} ${className}`}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

export function IconButton({
  label,
  icon,
  ...rest
}: { label: string; icon: IconName } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export function LinkButton({
  to,
  look = 'plain',
  icon,
  small = false,
  children,
}: {
  to: string;
  look?: Look;
  icon?: IconName;
  small?: boolean;
  children: ReactNode;
}) {
  return (
    <Link href={to} className={classOf(look, small)}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </Link>
  );
}

/** A link out of the application: a file, the reference, a payment page. */
export function Outside({
  href,
  look,
  icon = 'external',
  small = false,
  download,
  children,
}: {
  href: string;
  look?: Look;
  icon?: IconName;
  small?: boolean;
  download?: string;
  children: ReactNode;
}) {
  return (
    <a
      href={href}
      className={look ? classOf(look, small) : 'link'}
      {...(download === undefined ? { target: '_blank', rel: 'noreferrer' } : { download })}
    >
      {look && <Icon name={icon} size={16} />}
      {children}
    </a>
  );
}

const COPIED_MS = 1_600;

export function CopyButton({
  text,
  label = 'Copy',
  compact = false,
}: {
  text: string | (() => string);
  label?: string;
  compact?: boolean;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void writeClipboard(typeof text === 'string' ? text : text()).then(setCopied);
  return (
    <button
      type="button"
      className={compact ? 'icon-button' : 'button quiet small'}
      onClick={copy}
      title={label}
      aria-label={compact ? label : undefined}
    >
      <Icon name={copied ? 'check' : 'copy'} size={16} />
      {!compact && (
        <span className="copy-label" data-copied={copied}>
          {copied ? 'Copied' : label}
        </span>
      )}
      <span className="visually-hidden" role="status">
        {copied ? 'Copied to the clipboard' : ''}
      </span>
    </button>
  );
}

/** On an origin without TLS the clipboard is reached by a selection only. */
async function writeClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
