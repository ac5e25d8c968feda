import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy, useEffect, useMemo } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ApiClient, type ApiError } from '../api/client';
import { LinkButton } from '../ui/button';
import { Empty, Failure, Loading } from '../ui/states';
import { DocsShell } from './docs-shell';
import { type OpenApi, tagsOf } from '../reference/document';
import { ErrorList, ErrorPage } from './error-pages';
import { DocsHome } from './docs-home';
import { ReferenceContext, useReference } from '../reference/context';
import { TagPage } from '../reference/tag-page';

const GuidePage = lazy(async () => ({ default: (await import('./guide-page')).GuidePage }));

const open = new ApiClient({ kind: 'none' });

/** The documentation: the document that the platform itself answers, and the guides. */
export function Docs() {
  const document = useQuery<OpenApi, ApiError>({
    queryKey: ['openapi.json'],
    queryFn: () => open.get<OpenApi>('/openapi.json'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const reference = useMemo(
    () => document.data && { document: document.data, tags: tagsOf(document.data) },
    [document.data],
  );
  if (document.error && !reference)
    return (
      <main className="content">
        <Failure error={document.error} retry={() => void document.refetch()} />
      </main>
    );
  if (!reference) return <Loading label="Opening the documentation" />;
  return (
    <ReferenceContext value={reference}>
      <DocsShell>
        <Suspense fallback={<Loading />}>
          <Pages />
        </Suspense>
      </DocsShell>
    </ReferenceContext>
  );
}

function Pages() {
  useAnchors();
  return (
    <Switch>
      <Route path="/">
        <DocsHome />
      </Route>
      <Route path="/guides/:name">
        <GuidePage />
      </Route>
      <Route path="/api/:tag">{({ tag }) => <Chapter slug={tag} />}</Route>
      <Route path="/errors">
        <ErrorList />
      </Route>
      <Route path="/errors/:code">{({ code }) => <ErrorPage code={code} />}</Route>
      <Route>
        <Missing />
      </Route>
    </Switch>
  );
}

function Chapter({ slug }: { slug: string }) {
  const tag = useReference().tags.find((each) => each.slug === slug);
  return tag ? <TagPage tag={tag} /> : <Missing />;
}

function Missing() {
  return (
    <Empty
      icon="search"
      title="There is no such page"
      action={<LinkButton to="/">Go to the start of the documentation</LinkButton>}
    />
  );
}

/** What an address names is on the page only once the page is drawn, and again after a link within it. */
function useAnchors(): void {
  const [location] = useLocation();
  useEffect(() => {
    const show = () => {
      const id = decodeURIComponent(window.location.hash.slice(1));
      if (id) document.getElementById(id)?.scrollIntoView();
      else window.scrollTo(0, 0);
    };
    const frame = requestAnimationFrame(show);
    window.addEventListener('hashchange', show);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('hashchange', show);
    };
  }, [location]);
}
