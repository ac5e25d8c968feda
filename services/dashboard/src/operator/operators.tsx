import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { List } from '../api/types';
import { Button } from '../ui/button';
import { Card, PageHeader, Time } from '../ui/card';
import { Secret } from '../ui/code';
import { ConfirmButton, Dialog } from '../ui/dialog';
import { Choice, TextField } from '../ui/field';
import { Badge, Empty, Notice } from '../ui/states';
import { Table } from '../ui/table';

interface Operator {
  readonly id: string;
  readonly name: string;
  readonly role: 'auditor' | 'support' | 'operator';
  /** Signs in through the identity provider. */
  readonly federated: boolean;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly token?: string;
}

const PATH = '/admin/v1/operators';
const ROLES = [
  ['auditor', 'Auditor: looks'],
  ['support', 'Support: also suspends, limits and takes down'],
  ['operator', 'Operator: everything'],
] as const;

export function Operators() {
  const { api } = useApi();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Operator>();
  const operators = useGet<List<Operator>>(PATH);
  const replace = useSend((id: string) => api.send<Operator>('POST', `${PATH}/${id}/token`), [PATH]);
  const revoke = useSend((id: string) => api.send('DELETE', `${PATH}/${id}`), [PATH]);
  return (
    <>
      <PageHeader
        title="Operators"
        description="Each under a name of their own, which the audit log keeps for ever."
        actions={
          <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
            New operator
          </Button>
        }
      />
      <Card flush>
        <Table
          label="Operators"
          rows={operators.data?.data}
          error={operators.error}
          retry={() => void operators.refetch()}
          keyOf={({ id }) => id}
          empty={
            <Empty icon="people" title="Nobody has a token of their own">
              Whoever knows ADMIN_TOKEN is the only operator.
            </Empty>
          }
          columns={[
            { title: 'Name', cell: ({ name }) => <span className="strong">{name}</span> },
            { title: 'Role', cell: ({ role }) => <Badge>{role}</Badge> },
            { title: 'By', cell: ({ federated }) => (federated ? 'single sign-on' : 'token'), wide: true },
            { title: 'Last used', cell: ({ last_used_at: at }) => <Time at={at} /> },
            {
              title: 'Ends',
              cell: ({ expires_at: at, revoked_at: revoked }) =>
                revoked ? <Badge tone="bad">revoked</Badge> : <Time at={at} />,
              wide: true,
            },
            {
              title: '',
              align: 'right',
              cell: ({ id, name, federated, revoked_at: revoked }) =>
                !revoked && (
                  <span className="row-actions">
                    {!federated && (
                      <ConfirmButton
                        small
                        look="quiet"
                        icon="refresh"
                        label="New token"
                        title={`A new token for ${name}?`}
                        confirm="Replace"
                        description="The old one ends at once."
                        run={() => replace.mutateAsync(id).then(setMade)}
                      />
                    )}
                    <ConfirmButton
                      small
                      look="quiet"
                      icon="trash"
                      label="Revoke"
                      title={`Revoke ${name}?`}
                      confirm="Revoke"
                      description="For good: the name is never given again."
                      run={() => revoke.mutateAsync(id)}
                    />
                  </span>
                ),
            },
          ]}
        />
      </Card>
      {adding && (
        <NewOperator
          onClose={() => setAdding(false)}
          onMade={(operator) => {
            setAdding(false);
            setMade(operator);
          }}
        />
      )}
      <Dialog open={made !== undefined} onClose={() => setMade(undefined)} title={`The token of ${made?.name ?? ''}`}>
        <Notice tone="warn">This is the only time it is shown.</Notice>
        {made?.token && <Secret label="Token" value={made.token} />}
        <footer>
          <Button look="primary" onClick={() => setMade(undefined)}>
            It is stored
          </Button>
        </footer>
      </Dialog>
    </>
  );
}

function NewOperator({ onClose, onMade }: { onClose: () => void; onMade: (operator: Operator) => void }) {
  const { api } = useApi();
  const make = useSend((body: object) => api.send<Operator>('POST', PATH, { body }), [PATH]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(Object.fromEntries(new FormData(event.currentTarget)), { onSuccess: onMade });
  };
  return (
    <Dialog open onClose={onClose} title="New operator">
      <form className="form" onSubmit={submit}>
        {make.error && make.error.details.length === 0 && <Notice tone="bad">{make.error.message}</Notice>}
        <TextField
          label="Name"
          name="name"
          placeholder="ann"
          hint="Lower-case letters, digits, dots and dashes."
          required
          error={make.error?.of('name')}
        />
        <Choice label="Role" name="role" options={ROLES} error={make.error?.of('role')} />
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={make.isPending}>
            Make the token
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
