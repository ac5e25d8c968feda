import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { GUIDES } from '../guides/guides';
import { type Theme, readTheme, showTheme } from '../session/browser';
import { IconButton } from '../ui/button';
import { Frame } from '../ui/frame';
import { Icon, Mark } from '../ui/icons';
import { useReference } from '../reference/context';
import { SearchButton } from './search';
import { TestKey } from '../reference/test-key';
import { Method } from '../reference/text';

export function DocsShell({ children }: { children: ReactNode }) {
  const bar = (
    <>
      <SearchButton />
      <span className="grow" />
      <TestKey />
      <ThemeButton />
    </>
  );
  return (
    <Frame className="docs" menu={<Side />} bar={bar}>
      {children}
    </Frame>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  const turn = () => {
    showTheme(isDark ? 'light' : 'dark');
    setTheme(isDark ? 'light' : 'dark');
  };
  return <IconButton label={isDark ? 'Light appearance' : 'Dark appearance'} icon="sun" onClick={turn} />;
}

function Side() {
  const [location] = useLocation();
  const { tags } = useReference();
  const current = (path: string) => (location === path ? ('page' as const) : undefined);
  return (
    <>
      <Link href="/" className="brand">
        <Mark />
        Documentation
      </Link>
      <nav aria-label="Documentation">
        <div className="nav">
          <h2>Guides</h2>
          {GUIDES.map(({ name, title }) => (
            <Link key={name} href={`/guides/${name}`} aria-current={current(`/guides/${name}`)}>
              {title}
            </Link>
          ))}
        </div>
        <div className="nav">
          <h2>Reference</h2>
          {tags.map(({ name, slug, operations }) => (
            <div key={slug}>
              <Link href={`/api/${slug}`} aria-current={current(`/api/${slug}`)}>
                {name}
              </Link>
              {location === `/api/${slug}` && (
                <ul className="nav-sub">
                  {operations.map(({ operationId, method, summary }) => (
                    <li key={operationId}>
                      <a href={`#${operationId}`}>
                        <span>{summary}</span>
                        <Method method={method} />
                      </a>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          ))}
        </div>
        <div className="nav">
          <h2>Answers</h2>
          <Link
            href="/errors"
            aria-current={current('/errors') ?? (location.startsWith('/errors/') ? 'page' : undefined)}
          >
            Errors
          </Link>
        </div>
        <div className="nav">
          <h2>Elsewhere</h2>
          <a href="/dashboard">
            <Icon name="home" />
            Dashboard
          </a>
          <a href="/openapi.json">
            <Icon name="download" />
            openapi.json
          </a>
        </div>
      </nav>
    </>
  );
}
