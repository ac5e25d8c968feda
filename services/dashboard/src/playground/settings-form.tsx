import { type FormEvent, type KeyboardEvent, useDeferredValue } from 'react';
import type { ApiError } from '../api/client';
import { useQuote } from './quote';
import type { Model } from '../api/types';
import { useSession } from '../session/session';
import { Button } from '../ui/button';
import { Choice, Segments, TextArea, TextField } from '../ui/field';
import { Notice, Skeleton } from '../ui/states';
import { FirstFrame } from './first-frame';
import { type Settings, termsOf } from './settings';

const IDEAS = [
  'A calm sea at dawn, slow dolly forward',
  'Paper boats on a rainy street, macro',
  'A lighthouse in a snowstorm, aerial',
];
const SANDBOX_IDEAS = ['sandbox:slow=8 a slow render', 'sandbox:fail=engine_error a failing one'];
const PROMPT_MAX = 4_000;

export function SettingsForm({
  settings,
  onChange,
  models,
  busy,
  refusal,
  onSubmit,
}: {
  settings: Settings;
  onChange: (settings: Settings) => void;
  models: readonly Model[] | undefined;
  busy: boolean;
  refusal: ApiError | null;
  onSubmit: () => void;
}) {
  const { environment } = useSession();
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const model = models?.find(({ id }) => id === settings.model) ?? models?.[0];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && settings.prompt.trim()) onSubmit();
  };
  return (
    <form className="form" onSubmit={submit}>
      {refusal && refusal.details.length === 0 && <Notice tone="bad">{refusal.message}</Notice>}
      <TextArea
        label="Prompt"
        placeholder="What the video shows"
        required
        maxLength={PROMPT_MAX}
        value={settings.prompt}
        onChange={(event) => set({ prompt: event.target.value })}
        onKeyDown={onKey}
        error={refusal?.of('prompt')}
      />
      <div className="ideas">
        {(environment === 'test' ? [...IDEAS.slice(0, 2), ...SANDBOX_IDEAS] : IDEAS).map((idea) => (
          <button type="button" key={idea} onClick={() => set({ prompt: idea })}>
            {idea}
          </button>
        ))}
      </div>
      <FirstFrame
        frame={settings.firstFrame}
        onChange={(firstFrame) => set({ firstFrame })}
        error={refusal?.of('first_frame')}
      />
      {(models?.length ?? 0) > 1 && (
        <Choice
          label="Model"
          options={models!.map(({ id }) => [id, id] as const)}
          value={model?.id}
          onChange={(event) => set({ model: event.target.value })}
          hint={model?.description}
        />
      )}
      <Segments
        label="Resolution"
        value={settings.resolution}
        options={(model?.resolutions ?? (['480p', '720p', '1080p'] as const)).map((each) => [each, each] as const)}
        onChange={(resolution) => set({ resolution })}
      />
      {!settings.firstFrame && (
        <Segments
          label="Shape"
          value={settings.aspectRatio}
          options={(model?.aspect_ratios ?? (['16:9', '9:16', '1:1'] as const)).map((each) => [each, each] as const)}
          onChange={(aspectRatio) => set({ aspectRatio })}
        />
      )}
      <Choice
        label="Length"
        options={Array.from(
          { length: model?.max_duration ?? 10 },
          (_, at) => [String(at + 1), `${at + 1} second${at === 0 ? '' : 's'}`] as const,
        )}
        value={String(settings.duration)}
        onChange={(event) => set({ duration: Number(event.target.value) })}
      />
      <details className="more-settings">
        <summary>More settings</summary>
        <div>
          <TextArea
            label="Not in the picture"
            value={settings.negativePrompt}
            onChange={(event) => set({ negativePrompt: event.target.value })}
            error={refusal?.of('negative_prompt')}
          />
          <TextField
            label="Seed"
            inputMode="numeric"
            placeholder="Drawn"
            pattern="[0-9]*"
            value={settings.seed}
            onChange={(event) => set({ seed: event.target.value })}
            hint="The same seed and request give the same video."
            error={refusal?.of('seed')}
          />
          <TextField
            label="Webhook"
            type="url"
            placeholder="https://…"
            value={settings.webhookUrl}
            onChange={(event) => set({ webhookUrl: event.target.value })}
            error={refusal?.of('webhook_url')}
          />
        </div>
      </details>
      <Price settings={settings} />
      <Button type="submit" look="primary" icon="spark" className="block" busy={busy}>
        Generate
      </Button>
    </form>
  );
}

function Price({ settings }: { settings: Settings }) {
  const quote = useQuote(useDeferredValue(JSON.stringify(termsOf(settings))));
  return (
    <div className="price-line" aria-live="polite">
      <span className="faint">
        {quote.data
          ? `${quote.data.per_second} a second, charged when completed`
          : quote.error
            ? quote.error.message
            : 'Price'}
      </span>
      <strong>{quote.data ? quote.data.cost : quote.error ? '–' : <Skeleton width={64} />}</strong>
    </div>
  );
}
