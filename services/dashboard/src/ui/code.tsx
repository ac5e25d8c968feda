import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { CopyButton } from './button';

/** Strings, comments, words of the language and numbers: enough to find one's way in twenty lines. */
const TOKEN =
  /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|((?:^|(?<=\s))(?:#|\/\/).*$)|\b(import|from|const|await|async|for|of|if|return|func|package|type|new|export|def|with|as|in|while|print|defer|range|var|true|false|null|None|True|curl)\b|\b(\d+(?:\.\d+)?)\b/gm;
const KINDS = ['string', 'comment', 'word', 'number'] as const;

export function highlight(code: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > at) parts.push(code.slice(at, match.index));
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)];
    parts.push(
      <span key={match.index} className={`code-${kind}`}>
        {match[0]}
      </span>,
    );
    at = match.index + match[0].length;
  }
  parts.push(code.slice(at));
  return parts;
}

export function Code({ code, label, title }: { code: string; label: string; title?: string }) {
  return (
    <div className="code">
      <div className="code-bar">
        <span>{title ?? ''}</span>
        <CopyButton text={code} />
      </div>
      <pre tabIndex={0} aria-label={label}>
        <code>{highlight(code)}</code>
      </pre>
    </div>
  );
}

export interface Snippet {
  readonly language: string;
  readonly code: string;
}

export function CodeTabs({
  snippets,
  label,
  onChoose,
  chosen,
}: {
  snippets: readonly Snippet[];
  label: string;
  onChoose?: (language: string) => void;
  chosen?: string | undefined;
}) {
  return (
    <Tabs.Root
      className="code"
      {...(chosen === undefined ? { defaultValue: snippets[0]?.language } : { value: chosen })}
      onValueChange={(language) => onChoose?.(String(language))}
    >
      <Tabs.List className="code-tabs" aria-label={label}>
        {snippets.map(({ language }) => (
          <Tabs.Tab key={language} value={language}>
            {language}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ language, code }) => (
        <Tabs.Panel key={language} value={language} className="code-panel" tabIndex={-1}>
          <pre tabIndex={0} aria-label={`${label} in ${language}`}>
            <code>{highlight(code)}</code>
          </pre>
          <div className="code-copy">
            <CopyButton text={code} />
          </div>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

/** A secret, shown once. */
export function Secret({ label, value }: { label: string; value: string }) {
  return (
    <div className="secret">
      <span className="secret-label">{label}</span>
      <code>{value}</code>
      <CopyButton text={value} />
    </div>
  );
}
