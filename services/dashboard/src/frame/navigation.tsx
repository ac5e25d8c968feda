import { Link, useLocation } from 'wouter';
import { Icon, type IconName } from '../ui/icons';

type Entry = readonly [path: string, label: string, icon: IconName];

const GROUPS: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
  [
    '',
    [
      ['/', 'Overview', 'home'],
      ['/playground', 'Playground', 'spark'],
      ['/videos', 'Videos', 'film'],
    ],
  ],
  [
    'Money',
    [
      ['/billing', 'Billing', 'wallet'],
      ['/usage', 'Usage', 'chart'],
    ],
  ],
  [
    'Developers',
    [
      ['/keys', 'API keys', 'key'],
      ['/webhooks', 'Webhooks', 'hook'],
      ['/limits', 'Limits', 'gauge'],
    ],
  ],
  [
    'Account',
    [
      ['/team', 'Team', 'people'],
      ['/settings', 'Settings', 'settings'],
    ],
  ],
];

export function Navigation() {
  const [location] = useLocation();
  const isCurrent = (path: string) =>
    path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
  return (
    <nav aria-label="Main">
      {GROUPS.map(([title, entries]) => (
        <div className="nav" key={title}>
          {title && <h2>{title}</h2>}
          {entries.map(([path, label, icon]) => (
            <Link key={path} href={path} aria-current={isCurrent(path) ? 'page' : undefined}>
              <Icon name={icon} />
              {label}
            </Link>
          ))}
        </div>
      ))}
      <div className="nav">
        <h2>Learn</h2>
        <a href="/docs" target="_blank" rel="noreferrer">
          <Icon name="book" />
          API reference
          <span className="outside">
            <Icon name="external" size={14} />
          </span>
        </a>
      </div>
    </nav>
  );
}
