import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { IconButton } from '../ui/button';
import { Icon, type IconName, Mark } from '../ui/icons';
import { Badge } from '../ui/states';

const PAGES: readonly (readonly [path: string, label: string, icon: IconName])[] = [
  ['/', 'Accounts', 'people'],
  ['/queue', 'Queue', 'gauge'],
  ['/fleet', 'Fleet', 'server'],
  ['/usage', 'Usage', 'chart'],
  ['/orders', 'Orders', 'check'],
  ['/prices', 'Prices', 'wallet'],
  ['/proof', 'Proof', 'shield'],
  ['/events', 'Events', 'inbox'],
  ['/audit', 'Audit', 'book'],
  ['/operators', 'Operators', 'key'],
];

export function ConsoleShell({ children, onSignOut }: { children: ReactNode; onSignOut: () => void }) {
  const [location] = useLocation();
  const isCurrent = (path: string) =>
    path === '/' ? location === '/' || location.startsWith('/accounts') : location.startsWith(path);
  return (
    <div className="page">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="topbar console-bar">
        <Link href="/" className="brand">
          <Mark />
          Console <Badge tone="warn">operator</Badge>
        </Link>
        <nav className="nav-row" aria-label="Main">
          {PAGES.map(([path, label, icon]) => (
            <Link key={path} href={path} aria-current={isCurrent(path) ? 'page' : undefined}>
              <Icon name={icon} size={16} />
              {label}
            </Link>
          ))}
        </nav>
        <span className="grow" />
        <IconButton icon="out" label="Sign out" onClick={onSignOut} />
      </header>
      <main className="content" id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
