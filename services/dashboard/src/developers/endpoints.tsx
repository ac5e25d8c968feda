import { useState } from 'react';
import type { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { Endpoint, List, WebhookSecret } from '../api/types';
import { Button } from '../ui/button';
import { Card, Time } from '../ui/card';
import { Secret } from '../ui/code';
import { ConfirmButton, ConfirmDialog, Dialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { Menu } from '../ui/menu';
import { Badge, Empty, Status } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';
import { EndpointDialog } from './endpoint-dialog';

const PATH = '/v1/webhooks/endpoints';
const WHY_OFF = {
  gone: 'It answered 410.',
  unreachable: 'It did not answer for three days.',
  customer: 'Switched off here.',
} as const;

interface Shown {
  readonly url: string;
  readonly secret: string;
  readonly before?: string | null;
}

export function Endpoints() {
  const { api } = useApi();
  const [editing, setEditing] = useState<Endpoint | 'new'>();
  const [shown, setShown] = useState<Shown>();
  const endpoints = useGet<List<Endpoint>>(PATH);
  return (
    <Card
      flush
      title="Endpoints"
      description="Each hears the events that it names, signed with a secret of its own."
      action={
        <Button small icon="plus" onClick={() => setEditing('new')}>
          Add an endpoint
        </Button>
      }
    >
      <Table
        label="Endpoints"
        rows={endpoints.data?.data}
        error={endpoints.error}
        retry={() => void endpoints.refetch()}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="hook" title="No endpoint yet">
            A job's own webhook_url works without one.
          </Empty>
        }
        columns={[
          {
            title: 'URL',
            cell: ({ url, description }) => (
              <span className="two">
                <span className="strong clip">{url}</span>
                <span>{description}</span>
              </span>
            ),
          },
          {
            title: 'Hears',
            cell: ({ events }) => (
              <span className="scopes">
                {events.map((event) => (
                  <Badge key={event}>{event}</Badge>
                ))}
              </span>
            ),
            wide: true,
          },
          {
            title: 'Status',
            cell: ({ enabled, disabled_reason: reason }) => (
              <span className="two">
                <span>
                  <Status status={enabled ? 'enabled' : 'disabled'} />
                </span>
                <span>{reason && WHY_OFF[reason]}</span>
              </span>
            ),
          },
          { title: 'Added', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
          {
            title: '',
            align: 'right',
            cell: (endpoint) => <Actions endpoint={endpoint} onEdit={() => setEditing(endpoint)} onSecret={setShown} />,
          },
        ]}
      />
      {editing !== undefined && (
        <EndpointDialog
          endpoint={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onMade={({ url, secret }) => {
            setEditing(undefined);
            if (secret) setShown({ url, secret });
          }}
        />
      )}
      <SecretDialog shown={shown} onClose={() => setShown(undefined)} />
      <div className="card-foot">
        <JobSecret onSecret={setShown} rotate={() => api.send<WebhookSecret>('POST', '/v1/webhooks/secret/rotate')} />
      </div>
    </Card>
  );
}

function Actions({
  endpoint,
  onEdit,
  onSecret,
}: {
  endpoint: Endpoint;
  onEdit: () => void;
  onSecret: (shown: Shown) => void;
}) {
  const { api } = useApi();
  const [asking, setAsking] = useState<'rotate' | 'remove'>();
  const { id, url, enabled } = endpoint;
  const show = ({ secret, previous_secret: before }: WebhookSecret) => onSecret({ url, secret, before });
  const refused = (error: ApiError) => tell('That did not work', error.message);
  const test = useSend(() => api.send('POST', '/v1/webhooks/test', { body: { endpoint_id: id } }), ['/v1/webhooks']);
  const toggle = useSend(() => api.send('PATCH', `${PATH}/${id}`, { body: { enabled: !enabled } }), [PATH]);
  const secret = useSend(() => api.get<WebhookSecret>(`${PATH}/${id}/secret`));
  const remove = useSend(() => api.send('DELETE', `${PATH}/${id}`), [PATH]);
  const rotate = async () => show(await api.send<WebhookSecret>('POST', `${PATH}/${id}/secret/rotate`));
  return (
    <span className="row-actions">
      <Button
        small
        look="quiet"
        busy={test.isPending}
        onClick={() =>
          test.mutate(undefined, { onSuccess: () => tell('A test event is on its way'), onError: refused })
        }
      >
        Send a test
      </Button>
      <Menu
        className="button quiet small"
        trigger={
          <>
            More<span className="visually-hidden"> for {url}</span>
            <Icon name="down" size={14} />
          </>
        }
        items={[
          { label: 'Change', icon: 'settings', run: onEdit },
          {
            label: 'Show the secret',
            icon: 'key',
            run: () => secret.mutate(undefined, { onSuccess: show, onError: refused }),
          },
          { label: 'Rotate the secret', icon: 'refresh', run: () => setAsking('rotate') },
          {
            label: enabled ? 'Switch off' : 'Switch on',
            icon: enabled ? 'stop' : 'play',
            run: () => toggle.mutate(undefined, { onError: refused }),
          },
          { label: 'Remove', icon: 'trash', run: () => setAsking('remove') },
        ]}
      />
      <ConfirmDialog
        open={asking === 'rotate'}
        onClose={() => setAsking(undefined)}
        title="Rotate the secret?"
        confirm="Rotate"
        description="For a day both secrets sign, so that you can change over."
        run={rotate}
      />
      <ConfirmDialog
        open={asking === 'remove'}
        onClose={() => setAsking(undefined)}
        title="Remove this endpoint?"
        confirm="Remove"
        description={`${url} is told nothing more.`}
        run={() => remove.mutateAsync()}
      />
    </span>
  );
}

/** The secret that signs what goes to a job's own webhook_url. */
function JobSecret({ onSecret, rotate }: { onSecret: (shown: Shown) => void; rotate: () => Promise<WebhookSecret> }) {
  const { api } = useApi();
  const url = "a job's own webhook_url";
  const show = ({ secret, previous_secret: before }: WebhookSecret) => onSecret({ url, secret, before });
  const get = useSend(() => api.get<WebhookSecret>('/v1/webhooks/secret'));
  return (
    <>
      <span>
        What goes to a job's own <code>webhook_url</code> has a secret, too.
      </span>
      <span className="row-actions">
        <Button
          small
          look="quiet"
          busy={get.isPending}
          onClick={() =>
            get.mutate(undefined, {
              onSuccess: show,
              onError: (error) => tell('The secret is not shown', error.message),
            })
          }
        >
          Show it
        </Button>
        <ConfirmButton
          small
          look="quiet"
          icon="refresh"
          label="Rotate it"
          title="Rotate the secret of webhook_url?"
          confirm="Rotate"
          description="For a day both secrets sign, so that you can change over."
          run={() => rotate().then(show)}
        />
      </span>
    </>
  );
}

function SecretDialog({ shown, onClose }: { shown: Shown | undefined; onClose: () => void }) {
  return (
    <Dialog
      open={shown !== undefined}
      onClose={onClose}
      title="Signing secret"
      description={shown && `Your server verifies with it what goes to ${shown.url}.`}
    >
      {shown && <Secret label="In force" value={shown.secret} />}
      {shown?.before && <Secret label="Signs beside it for now" value={shown.before} />}
      <footer>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  );
}
