import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type ApiError, idempotencyKey } from '../api/client';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { List, Model, Video } from '../api/types';
import { useSession } from '../session/session';
import { CopyButton, LinkButton, Outside } from '../ui/button';
import { Card, PageHeader } from '../ui/card';
import { CodeTabs } from '../ui/code';
import { Icon } from '../ui/icons';
import { Failure, Status } from '../ui/states';
import { hasEnded, useVideo } from '../videos/follow';
import { orderOf } from '../videos/order';
import { Player } from '../videos/player';
import { createSnippets } from '../videos/snippets';
import { type Settings, FIRST_SETTINGS, requestOf, settingsOf } from './settings';
import { SettingsForm } from './settings-form';

export function Playground() {
  const { api } = useApi();
  const { environment, keys } = useSession();
  const [search] = useSearchParams();
  const from = search.get('from') ?? '';
  const [settings, setSettings] = useState<Settings>(FIRST_SETTINGS);
  const [jobId, setJobId] = useState('');
  const models = useGet<List<Model>>('/v1/models', undefined, { staleTime: 300_000 });
  const source = useGet<Video>(`/v1/videos/${from}`, undefined, { enabled: from !== '' });
  useEffect(() => {
    if (source.data) setSettings(settingsOf(source.data));
  }, [source.data]);
  useEffect(() => setJobId(''), [environment]);
  const create = useSend(
    (body: object) => api.send<Video>('POST', '/v1/videos', { body, headers: { 'idempotency-key': idempotencyKey() } }),
    ['/v1/videos', '/v1/balance'],
  );
  const submit = () => create.mutate(requestOf(settings), { onSuccess: ({ id }) => setJobId(id) });
  const code = createSnippets(location.origin, keys[environment] ?? '$USV_API_KEY', {
    ...requestOf(settings),
    ...(settings.firstFrame ? { first_frame: 'data:image/…;base64,…' } : {}),
    prompt: settings.prompt || 'a calm sea at dawn',
  });
  return (
    <>
      <PageHeader
        title="Playground"
        description={
          environment === 'test'
            ? 'Try prompts in the sandbox: a real file, play money.'
            : 'Live: a completed video is charged to the balance.'
        }
      />
      {models.error && !models.data && <Failure error={models.error} retry={() => void models.refetch()} />}
      <div className="playground">
        <Card>
          <SettingsForm
            settings={settings}
            onChange={setSettings}
            models={models.data?.data}
            busy={create.isPending}
            refusal={create.error}
            onSubmit={submit}
          />
        </Card>
        <div className="stack">
          <Output jobId={jobId} refusal={create.error} />
          <CodeTabs label="This request" snippets={code} />
        </div>
      </div>
    </>
  );
}

function Output({ jobId, refusal }: { jobId: string; refusal: ApiError | null }) {
  const { data: video, error, refetch } = useVideo(jobId);
  if (jobId === '') {
    return (
      <div className="player">
        <div className="stage">
          <Icon name="film" size={32} />
          <strong>{refusal ? 'The request was refused' : 'Your video appears here'}</strong>
          <span>{refusal ? 'Nothing was charged.' : 'Write a prompt, look at the price, press Generate.'}</span>
        </div>
      </div>
    );
  }
  if (error && !video) return <Failure error={error} retry={() => void refetch()} />;
  if (!video)
    return (
      <div className="player">
        <div className="stage">
          <span className="spinner" />
        </div>
      </div>
    );
  return (
    <>
      <Player video={video} />
      <div className="card-header">
        <div className="actions">
          <Status status={video.status} />
          <span className="faint">
            {hasEnded(video.status) ? `${video.cost ?? '$0.00'} charged` : `${video.estimated_cost} held`}
          </span>
        </div>
        <div className="actions">
          {video.video_url && (
            <Outside href={video.video_url} look="plain" small icon="download" download={`${video.id}.mp4`}>
              Download
            </Outside>
          )}
          <CopyButton label="Copy the request" text={() => JSON.stringify(orderOf(video), null, 2)} />
          <LinkButton small to={`/videos/${video.id}`} icon="right">
            Details
          </LinkButton>
        </div>
      </div>
    </>
  );
}
