import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { List, Role } from '../api/types';
import { useSession } from '../session/session';
import { Button } from '../ui/button';
import { Card, PageHeader, Time } from '../ui/card';
import { ConfirmButton, Dialog } from '../ui/dialog';
import { Choice, TextField } from '../ui/field';
import { Badge, Empty, Notice } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';

interface Member {
  readonly id: string;
  readonly email: string;
  readonly name?: string;
  readonly role: Role;
  readonly status?: string;
  readonly created_at?: string | null;
}

export const ROLES: readonly (readonly [Role, string, string])[] = [
  ['owner', 'Owner', 'Everything, members included'],
  ['developer', 'Developer', 'Videos, keys, webhooks'],
  ['billing', 'Billing', 'Money, usage, statements'],
  ['viewer', 'Viewer', 'Looks, changes nothing'],
];

export function Team() {
  const { api } = useApi();
  const { role: own, signed } = useSession();
  const [inviting, setInviting] = useState(false);
  const members = useGet<List<Member>>('/v1/members', undefined, { enabled: signed?.kind === 'session' });
  const change = useSend(
    ({ id, role }: { id: string; role: string }) => api.send('PATCH', `/v1/members/${id}`, { body: { role } }),
    ['/v1/members'],
  );
  const remove = useSend((id: string) => api.send('DELETE', `/v1/members/${id}`), ['/v1/members']);
  const isOwner = own === 'owner';
  if (signed?.kind !== 'session')
    return (
      <>
        <PageHeader title="Team" />
        <Empty icon="people" title="Members need a session">
          You are signed in with an API key, which belongs to the account and not to a person.
        </Empty>
      </>
    );
  return (
    <>
      <PageHeader
        title="Team"
        description="Who may look and who may change."
        actions={
          isOwner && (
            <Button look="primary" icon="plus" onClick={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      />
      {change.error && <Notice tone="bad">{change.error.message}</Notice>}
      <Card flush>
        <Table
          label="Members"
          rows={members.data?.data}
          error={members.error}
          retry={() => void members.refetch()}
          keyOf={({ id }) => id}
          empty={<Empty icon="people" title="Nobody yet" />}
          columns={[
            {
              title: 'Member',
              cell: ({ name, email }) => (
                <span className="two">
                  <span className="strong">{name || email}</span>
                  <span>{name ? email : ''}</span>
                </span>
              ),
            },
            {
              title: 'Role',
              cell: ({ id, role, email }) =>
                isOwner && email !== signed.session.user.email ? (
                  <Choice
                    label={`Role of ${email}`}
                    hideLabel
                    options={ROLES.map(([value, label]) => [value, label] as const)}
                    value={role}
                    onChange={(event) => change.mutate({ id, role: event.target.value })}
                  />
                ) : (
                  <Badge>{role}</Badge>
                ),
            },
            {
              title: 'Status',
              cell: ({ status }) =>
                status && status !== 'active' ? <Badge tone="warn">{status}</Badge> : <Badge tone="good">active</Badge>,
              wide: true,
            },
            { title: 'Since', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
            {
              title: '',
              align: 'right',
              cell: ({ id, email }) =>
                isOwner && email !== signed.session.user.email ? (
                  <ConfirmButton
                    small
                    look="quiet"
                    icon="trash"
                    label="Remove"
                    title={`Remove ${email}?`}
                    confirm="Remove"
                    description="Their sessions of this account end at once."
                    run={() => remove.mutateAsync(id)}
                  />
                ) : null,
            },
          ]}
        />
      </Card>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </>
  );
}

function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { api } = useApi();
  const invite = useSend((body: object) => api.send('POST', '/v1/members/invitations', { body }), ['/v1/members']);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    invite.mutate(
      { email: form.get('email'), role: form.get('role') },
      {
        onSuccess: () => {
          tell('The invitation is sent');
          onClose();
        },
      },
    );
  };
  return (
    <Dialog open={open} onClose={onClose} title="Invite a member" description="They get a link by mail.">
      <form className="form" onSubmit={submit}>
        {invite.error && invite.error.details.length === 0 && <Notice tone="bad">{invite.error.message}</Notice>}
        <TextField label="Email" name="email" type="email" required error={invite.error?.of('email')} />
        <Choice
          label="Role"
          name="role"
          defaultValue="developer"
          options={ROLES.map(([value, label, does]) => [value, `${label}: ${does.toLowerCase()}`] as const)}
        />
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={invite.isPending}>
            Send the invitation
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
