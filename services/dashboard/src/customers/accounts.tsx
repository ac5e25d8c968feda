import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { useApi } from '../api/context';
import { usePages, useSend } from '../api/queries';
import { Button } from '../ui/button';
import { Card, Mono, PageHeader, Time } from '../ui/card';
import { Secret } from '../ui/code';
import { Dialog } from '../ui/dialog';
import { Choice, TextField } from '../ui/field';
import { Badge, Empty, Notice, Status } from '../ui/states';
import { Table } from '../ui/table';
import type { AdminAccount } from './admin-types';

interface Opened extends AdminAccount {
  readonly live_key: string;
  readonly test_key: string;
  readonly webhook_secret: string | null;
}

const PAGE = 50;

export function Accounts() {
  const [search, setSearch] = useState('');
  const [opening, setOpening] = useState(false);
  const accounts = usePages<AdminAccount>('/admin/v1/accounts', { limit: PAGE });
  const wanted = search.trim().toLowerCase();
  const rows = accounts.rows?.filter(({ account_id: id, name, email }) =>
    [id, name, email].some((each) => each.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <PageHeader
        title="Accounts"
        actions={
          <Button look="primary" icon="plus" onClick={() => setOpening(true)}>
            Open an account
          </Button>
        }
      />
      <div className="filters">
        <div className="search">
          <TextField
            label="Search"
            hideLabel
            type="search"
            placeholder="Name, address or id"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      </div>
      <Card flush>
        <Table
          label="Accounts"
          rows={rows}
          error={accounts.error}
          retry={() => void accounts.refetch()}
          keyOf={({ account_id: id }) => id}
          empty={<Empty icon="people" title={wanted ? 'No loaded account matches' : 'No account yet'} />}
          onMore={accounts.hasNextPage ? () => void accounts.fetchNextPage() : undefined}
          moreBusy={accounts.isFetchingNextPage}
          columns={[
            {
              title: 'Account',
              cell: ({ account_id: id, name, email }) => (
                <span className="two">
                  <Link href={`/accounts/${id}`} className="link strong">
                    {name}
                  </Link>
                  <span>{email}</span>
                </span>
              ),
            },
            { title: 'Id', cell: ({ account_id: id }) => <Mono>…{id.slice(-8)}</Mono>, wide: true },
            { title: 'Plan', cell: ({ plan }) => <Badge>{plan}</Badge> },
            { title: 'Status', cell: ({ status }) => <Status status={status} /> },
            {
              title: 'At a time',
              align: 'right',
              cell: ({ limits }) => limits.live?.concurrent_jobs ?? '–',
              wide: true,
            },
            { title: 'Since', cell: ({ created_at: at }) => <Time at={at} />, wide: true },
          ]}
        />
      </Card>
      <OpenDialog open={opening} onClose={() => setOpening(false)} />
    </>
  );
}

function OpenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { api } = useApi();
  const make = useSend(
    (body: object) => api.send<Opened>('POST', '/admin/v1/accounts', { body }),
    ['/admin/v1/accounts'],
  );
  const close = () => {
    onClose();
    make.reset();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return (
    <Dialog open={open} onClose={close} title={make.data ? 'The account is open' : 'Open an account'}>
      {make.data ? (
        <>
          <Notice tone="warn">These are shown this once. Hand them over by a safe way.</Notice>
          <Secret label="Live key" value={make.data.live_key} />
          <Secret label="Test key" value={make.data.test_key} />
          {make.data.webhook_secret && <Secret label="Webhook secret" value={make.data.webhook_secret} />}
          <footer>
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </footer>
        </>
      ) : (
        <form className="form" onSubmit={submit}>
          {make.error && make.error.details.length === 0 && <Notice tone="bad">{make.error.message}</Notice>}
          <TextField
            label="Account name"
            name="account_name"
            required
            maxLength={200}
            error={make.error?.of('account_name')}
          />
          <TextField label="Email" name="email" type="email" required error={make.error?.of('email')} />
          <Choice
            label="Plan"
            name="plan"
            options={[
              ['standard', 'Standard'],
              ['enterprise', 'Enterprise'],
            ]}
          />
          <footer>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" look="primary" busy={make.isPending}>
              Open it
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}
