import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { List } from '../api/types';
import { Button } from '../ui/button';
import { Card, Time } from '../ui/card';
import { Secret } from '../ui/code';
import { ConfirmButton, Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Empty, Notice, Status } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description?: string | null;
  readonly status?: string;
  readonly events?: readonly string[];
  readonly created_at: string | null;
  readonly secret?: string;
}

const PATH = '/v1/webhooks/endpoints';

export function Endpoints() {
  const { api } = useApi();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const endpoints = useGet<List<Endpoint>>(PATH);
  const remove = useSend((id: string) => api.send('DELETE', `${PATH}/${id}`), [PATH]);
  const rotate = useSend((id: string) => api.send<Endpoint>('POST', `${PATH}/${id}/secret/rotate`), [PATH]);
  const test = useSend((id: string) => api.send('POST', '/v1/webhooks/test', { body: { endpoint_id: id } }), ['/v1/webhooks']);
  // A platform without endpoints delivers to each job's own URL only, and says so by 404.
  if (endpoints.error?.status === 404) return null;
  return (
    <Card flush title="Endpoints" description="Each is told of every event of this environment, signed with a secret of its own." action={<Button small icon="plus" onClick={() => setAdding(true)}>Add an endpoint</Button>}>
      <Table
        label="Endpoints" rows={endpoints.data?.data} error={endpoints.error} retry={() => void endpoints.refetch()} keyOf={({ id }) => id}
        empty={<Empty icon="hook" title="No endpoint yet">A job's own webhook_url works without one.</Empty>}
        columns={[
          { title: 'URL', cell: ({ url, description }) => <span className="two"><span className="strong clip">{url}</span><span>{description}</span></span> },
          { title: 'Status', cell: ({ status }) => <Status status={status ?? 'enabled'} /> },
          { title: 'Added', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
          { title: '', align: 'right', cell: ({ id, url }) => (
            <span className="row-actions">
              <Button small look="quiet" onClick={() => test.mutate(id, { onSuccess: () => tell('A test event is on its way'), onError: (error) => tell('The test was refused', error.message) })}>Send a test</Button>
              <ConfirmButton small look="quiet" icon="refresh" label="Rotate" title="Rotate the secret?" confirm="Rotate" description="For a day both secrets sign, so that you can change over." run={() => rotate.mutateAsync(id).then((made) => setSecret(made.secret))} />
              <ConfirmButton small look="quiet" icon="trash" label="Remove" title="Remove this endpoint?" confirm="Remove" description={`${url} is told nothing more.`} run={() => remove.mutateAsync(id)} />
            </span>
          ) },
        ]}
      />
      <AddDialog open={adding} onClose={() => setAdding(false)} onMade={(made) => {
        setAdding(false);
        setSecret(made.secret);
      }} />
      <Dialog open={secret !== undefined} onClose={() => setSecret(undefined)} title="Signing secret" description="Your server verifies each delivery with it.">
        {secret && <Secret label="Webhook secret" value={secret} />}
        <footer><Button look="primary" onClick={() => setSecret(undefined)}>Done</Button></footer>
      </Dialog>
    </Card>
  );
}

function AddDialog({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: (made: Endpoint) => void }) {
  const { api } = useApi();
  const add = useSend((body: object) => api.send<Endpoint>('POST', PATH, { body }), [PATH]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const description = String(form.get('description')).trim();
    add.mutate({ url: String(form.get('url')).trim(), ...(description ? { description } : {}) }, { onSuccess: onMade });
  };
  return (
    <Dialog open={open} onClose={onClose} title="Add an endpoint">
      <form className="form" onSubmit={submit}>
        {add.error && add.error.details.length === 0 && <Notice tone="bad">{add.error.message}</Notice>}
        <TextField label="URL" name="url" type="url" placeholder="https://example.com/webhooks" required error={add.error?.of('url')} />
        <TextField label="Description" name="description" hint="For you." error={add.error?.of('description')} />
        <footer><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" busy={add.isPending}>Add</Button></footer>
      </form>
    </Dialog>
  );
}
