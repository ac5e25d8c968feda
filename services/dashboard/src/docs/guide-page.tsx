import { useEffect, useState } from 'react';
import { Link, useParams } from 'wouter';
import { GUIDES, guideText } from '../guides/guides';
import { useTestKey } from '../reference/test-key';
import { Icon } from '../ui/icons';
import { Empty, Loading } from '../ui/states';
import { LinkButton } from '../ui/button';
import { Markdown } from './markdown';

export function GuidePage() {
  const { name = '' } = useParams<{ name: string }>();
  const { shown } = useTestKey();
  const [loaded, setLoaded] = useState<{ name: string; text: string | undefined }>();
  const at = GUIDES.findIndex((guide) => guide.name === name);
  const guide = GUIDES[at];
  useEffect(() => {
    let current = true;
    void guideText(name).then((text) => {
      if (current) setLoaded({ name, text });
    });
    return () => {
      current = false;
    };
  }, [name]);
  useEffect(() => {
    if (guide) document.title = `${guide.title} · US Video API`;
    const id = decodeURIComponent(window.location.hash.slice(1));
    if (loaded && id) document.getElementById(id)?.scrollIntoView();
  }, [guide, loaded]);
  if (!guide)
    return (
      <Empty
        icon="search"
        title="There is no such guide"
        action={<LinkButton to="/">Go to the start of the documentation</LinkButton>}
      />
    );
  if (loaded?.name !== name || loaded.text === undefined) return <Loading />;
  const [before, after] = [GUIDES[at - 1], GUIDES[at + 1]];
  return (
    <article className="prose">
      <Markdown text={personal(loaded.text, shown)} />
      <nav className="guide-turn" aria-label="Other guides">
        {before ? (
          <Link href={`/guides/${before.name}`} className="link">
            <Icon name="left" size={14} />
            {before.title}
          </Link>
        ) : (
          <span />
        )}
        {after && (
          <Link href={`/guides/${after.name}`} className="link">
            {after.title}
            <Icon name="right" size={14} />
          </Link>
        )}
      </nav>
    </article>
  );
}

/** With the reader's platform and key in the code. */
function personal(text: string, key: string): string {
  return text.replaceAll('https://api.example.com', window.location.origin).replaceAll('usv_test_YOUR_KEY', key);
}
