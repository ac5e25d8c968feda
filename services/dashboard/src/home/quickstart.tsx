import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import type { Video } from '../api/types';
import { useSession } from '../session/session';
import { Button, LinkButton } from '../ui/button';
import { Card } from '../ui/card';
import { CodeTabs } from '../ui/code';
import { Notice, Status } from '../ui/states';
import { createSnippets } from '../videos/snippets';

const ORDER = { prompt: 'a calm sea at dawn', resolution: '480p', duration: 2 };
const NO_KEY = { live: '$USV_LIVE_KEY', test: '$USV_TEST_KEY' };

/** The first call with the reader's own key, and what came of it. */
export function Quickstart({ latest }: { latest: Video | undefined }) {
  const { api } = useApi();
  const { environment, keys, rememberKey } = useSession();
  const key = keys[environment];
  const make = useSend(
    () => api.send<{ secret: string }>('POST', '/v1/api-keys', { body: { name: 'Quickstart' } }),
    ['/v1/api-keys'],
  );
  return (
    <Card
      title="Make a video from code"
      description={
        environment === 'test'
          ? 'In the test environment it costs nothing.'
          : 'In the live environment it is charged when it completes.'
      }
    >
      <ol className="steps">
        <li data-done={key ? true : undefined}>
          <div>
            <h3>A key</h3>
            {key ? (
              <p>Your {environment} key is in the code below.</p>
            ) : (
              <>
                <p>Keys are shown once, so the code below has a placeholder.</p>
                {make.error && <Notice tone="bad">{make.error.message}</Notice>}
                <div>
                  <Button
                    small
                    icon="plus"
                    busy={make.isPending}
                    onClick={() =>
                      make.mutate(undefined, { onSuccess: ({ secret }) => rememberKey(environment, secret) })
                    }
                  >
                    Make a {environment} key and put it in
                  </Button>
                </div>
              </>
            )}
          </div>
        </li>
        <li data-done={latest ? true : undefined}>
          <div>
            <h3>The call</h3>
            <CodeTabs
              label="Create a video"
              snippets={createSnippets(location.origin, key ?? NO_KEY[environment], ORDER)}
            />
          </div>
        </li>
        <li data-done={latest?.status === 'completed' ? true : undefined}>
          <div>
            <h3>The video</h3>
            {latest ? (
              <p>
                <Status status={latest.status} /> {latest.prompt}
              </p>
            ) : (
              <p aria-live="polite">It appears here as soon as the call arrives.</p>
            )}
            {latest && (
              <div>
                <LinkButton small look="primary" icon="play" to={`/videos/${latest.id}`}>
                  {latest.status === 'completed' ? 'Play it' : 'Watch it render'}
                </LinkButton>
              </div>
            )}
          </div>
        </li>
      </ol>
    </Card>
  );
}
