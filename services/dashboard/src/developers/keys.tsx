import { useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { ApiKey } from '../api/types';
import { useSession } from '../session/session';
import { Button } from '../ui/button';
import { Card, Mono, PageHeader, Time } from '../ui/card';
import { Secret } from '../ui/code';
import { ConfirmButton, Dialog } from '../ui/dialog';
import { Badge, Empty, Notice } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';
import { type NewKey, NewKeyDialog } from './new-key';
import { RotateButton } from './rotate-key';

/** Keys of the environment that is looked at. */
export function Keys() {
  const { api } = useApi();
  const { environment, rememberKey } = useSession();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey>();
  const keys = useGet<{ keys: readonly ApiKey[] }>('/v1/api-keys');
  const revoke = useSend((id: string) => api.send('DELETE', `/v1/api-keys/${id}`), ['/v1/api-keys']);
  const show = (key: NewKey) => {
    setMaking(false);
    setMade(key);
    rememberKey(environment, key.secret);
  };
  return (
    <>
      <PageHeader
        title="API keys"
        description={`Keys of the ${environment} environment. A secret is shown once and stored nowhere as it is.`}
        actions={
          <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
            New key
          </Button>
        }
      />
      <Card flush>
        <Table
          label="API keys"
          rows={keys.data?.keys}
          error={keys.error}
          retry={() => void keys.refetch()}
          keyOf={({ id }) => id}
          empty={
            <Empty
              icon="key"
              title="No key"
              action={
                <Button look="primary" onClick={() => setMaking(true)}>
                  Make a key
                </Button>
              }
            >
              A key lets your code call the API.
            </Empty>
          }
          columns={[
            {
              title: 'Name',
              cell: ({ name, masked_key: masked }) => (
                <span className="two">
                  <span className="strong">{name}</span>
                  <Mono>{masked}</Mono>
                </span>
              ),
            },
            {
              title: 'May',
              cell: ({ scopes }) => (
                <span className="scopes">
                  {scopes.map((scope) => (
                    <Badge key={scope}>{scope}</Badge>
                  ))}
                </span>
              ),
              wide: true,
            },
            {
              title: 'Last used',
              cell: ({ last_used_at: at }) => (at ? <Time at={at} /> : <span className="faint">never</span>),
            },
            {
              title: 'Ends',
              cell: ({ expires_at: at }) => (at ? <Time at={at} /> : <span className="faint">–</span>),
              wide: true,
            },
            {
              title: '',
              align: 'right',
              cell: (key) => (
                <span className="row-actions">
                  <RotateButton apiKey={key} onMade={show} />
                  <ConfirmButton
                    small
                    look="quiet"
                    icon="trash"
                    label="Revoke"
                    title={`Revoke ${key.name}?`}
                    confirm="Revoke the key"
                    description="Calls with this key are refused within five seconds, for ever."
                    run={() => revoke.mutateAsync(key.id).then(() => tell('The key is revoked'))}
                  />
                </span>
              ),
            },
          ]}
        />
      </Card>
      <NewKeyDialog open={making} onClose={() => setMaking(false)} onMade={show} />
      <Dialog open={made !== undefined} onClose={() => setMade(undefined)} title="Your new key">
        <Notice tone="warn">This is the only time it is shown. Store it where secrets belong.</Notice>
        {made && <Secret label={made.name} value={made.secret} />}
        <footer>
          <Button look="primary" onClick={() => setMade(undefined)}>
            I have stored it
          </Button>
        </footer>
      </Dialog>
    </>
  );
}
