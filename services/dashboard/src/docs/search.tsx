import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { type GuideText, guideTexts } from '../guides/guides';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { useReference } from '../reference/context';
import { type Entry, find, searchIndex } from './search-index';

/** Opens by "/" or Ctrl-K, too. */
export function SearchButton() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if ((event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !typing)) {
        event.preventDefault();
        setOpen(true);
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <>
      <button
        type="button"
        className="search-button"
        aria-label="Search the documentation"
        onClick={() => setOpen(true)}
      >
        <Icon name="search" size={16} />
        <span>Search</span>
        <kbd>/</kbd>
      </button>
      <Dialog wide open={open} onClose={() => setOpen(false)} title="Search">
        <Search onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Search({ onDone }: { onDone: () => void }) {
  const { document, tags } = useReference();
  const [, navigate] = useLocation();
  const [guides, setGuides] = useState<readonly GuideText[]>([]);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    void guideTexts().then(setGuides);
  }, []);
  const entries = useMemo(() => searchIndex(document, tags, guides), [document, tags, guides]);
  const found = useMemo(() => find(entries, typed), [entries, typed]);
  const go = ({ to }: Entry) => {
    const hash = to.split('#')[1];
    navigate(to);
    onDone();
    // The page may be the one that is open, whose address then changes in its fragment only.
    requestAnimationFrame(() => hash && window.document.getElementById(hash)?.scrollIntoView());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && found[at]) go(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="search-box">
      <input
        className="input"
        type="search"
        autoFocus
        placeholder="A field, an operation, an error, a word of a guide"
        aria-label="Search for"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="found"
        aria-activedescendant={found[at] ? `found-${at}` : undefined}
        value={typed}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <ul id="found" role="listbox" aria-label="Found">
        {found.map((each, index) => (
          <li
            key={each.to + each.title}
            id={`found-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseEnter={() => setAt(index)}
            onClick={() => go(each)}
          >
            <span className="found-kind">{each.kind}</span>
            <span className="two">
              <span className="strong">{each.title}</span>
              <span className="clip">{each.about}</span>
            </span>
          </li>
        ))}
      </ul>
      {typed.trim() !== '' && found.length === 0 && (
        <p className="note" role="status">
          Nothing here speaks of “{typed}”.
        </p>
      )}
    </div>
  );
}
