import type { FormEvent } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import type { Endpoint } from '../api/types';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { CheckBox, TextField } from '../ui/field';
import { Notice } from '../ui/states';

const PATH = '/v1/webhooks/endpoints';
const EVENTS = [
  ['video.completed', 'A video is there', true],
  ['video.failed', 'A job has failed, and cost nothing', true],
  ['video.cancelled', 'A job was cancelled', false],
  ['video.processing', 'A worker has taken a job', false],
  ['balance.low', 'The balance fell below your threshold', false],
  ['webhook.disabled', 'An endpoint was switched off', false],
] as const;

export function EndpointDialog({
  endpoint,
  onClose,
  onMade,
}: {
  endpoint: Endpoint | undefined;
  onClose: () => void;
  onMade: (endpoint: Endpoint) => void;
}) {
  const { api } = useApi();
  const save = useSend(
    (body: object) =>
      endpoint
        ? api.send<Endpoint>('PATCH', `${PATH}/${endpoint.id}`, { body })
        : api.send<Endpoint>('POST', PATH, { body }),
    [PATH],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate(
      {
        url: String(form.get('url')).trim(),
        description: String(form.get('description')).trim(),
        events: form.getAll('event'),
      },
      { onSuccess: onMade },
    );
  };
  const hears = (event: (typeof EVENTS)[number][0], usual: boolean) =>
    endpoint ? endpoint.events.includes(event) : usual;
  return (
    <Dialog open onClose={onClose} title={endpoint ? 'Change an endpoint' : 'Add an endpoint'}>
      <form className="form" onSubmit={submit}>
        {save.error && save.error.details.length === 0 && <Notice tone="bad">{save.error.message}</Notice>}
        <TextField
          label="URL"
          name="url"
          type="url"
          placeholder="https://example.com/webhooks"
          defaultValue={endpoint?.url}
          required
          error={save.error?.of('url')}
        />
        <TextField
          label="Description"
          name="description"
          hint="For you."
          defaultValue={endpoint?.description ?? ''}
          error={save.error?.of('description')}
        />
        <fieldset className="form tight">
          <legend>What it hears</legend>
          {EVENTS.map(([event, about, usual]) => (
            <CheckBox
              key={event}
              name="event"
              value={event}
              defaultChecked={hears(event, usual)}
              label={<code>{event}</code>}
              hint={about}
            />
          ))}
        </fieldset>
        {save.error?.of('events') && (
          <p className="note bad" role="alert">
            {save.error.of('events')}
          </p>
        )}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {endpoint ? 'Save' : 'Add'}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
