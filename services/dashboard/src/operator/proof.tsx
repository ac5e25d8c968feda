import { useMutation } from '@tanstack/react-query';
import type { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { count } from '../api/format';
import { useGet } from '../api/queries';
import type { List } from '../api/types';
import { Button } from '../ui/button';
import { Card, Facts, Mono, PageHeader, Time } from '../ui/card';
import { Empty, Failure, Notice } from '../ui/states';
import { Table } from '../ui/table';

interface Found {
  readonly ok: boolean;
  readonly differences: readonly unknown[];
  readonly [counter: string]: unknown;
}

interface Root {
  readonly sequence: number;
  readonly signed_at: string | null;
  readonly accounts: number;
  readonly root: string;
}

export function Proof() {
  const roots = useGet<List<Root>>('/admin/v1/ledger/roots', { limit: 10 });
  return (
    <>
      <PageHeader title="Proof" description="That the money is right: asked now, of what is stored." />
      <div className="grid-2">
        <Check
          title="Ledger"
          path="/admin/v1/ledger/verify"
          description="Every balance derived again from its events, every hash and root compared."
          button="Verify the ledger"
        />
        <Check
          title="Jobs and money"
          path="/admin/v1/reconcile"
          description="Every job compared with its hold, charge or release."
          button="Reconcile"
        />
      </div>
      <Card
        flush
        title="Signed roots"
        description="Heads of all accounts, signed once a day with a key outside the database."
      >
        {roots.error?.status === 404 ? (
          <div className="padded">
            <Notice tone="info">{roots.error.message}</Notice>
          </div>
        ) : (
          <Table
            label="Signed roots"
            rows={roots.data?.data}
            error={roots.error}
            retry={() => void roots.refetch()}
            keyOf={({ sequence }) => String(sequence)}
            empty={<Empty icon="shield" title="No root is signed yet" />}
            columns={[
              { title: 'Root', cell: ({ sequence }) => sequence },
              { title: 'Signed', cell: ({ signed_at: at }) => <Time at={at} /> },
              { title: 'Accounts', align: 'right', cell: ({ accounts }) => count(accounts) },
              { title: 'Hash', cell: ({ root }) => <Mono>{root.slice(0, 24)}…</Mono>, wide: true },
            ]}
          />
        )}
      </Card>
    </>
  );
}

function Check({
  title,
  path,
  description,
  button,
}: {
  title: string;
  path: string;
  description: string;
  button: string;
}) {
  const { api } = useApi();
  const check = useMutation<Found, ApiError>({ mutationFn: () => api.get<Found>(path) });
  const counters = Object.entries(check.data ?? {}).filter(([, value]) => typeof value === 'number');
  return (
    <Card
      title={title}
      description={description}
      action={
        <Button look="primary" icon="shield" busy={check.isPending} onClick={() => check.mutate()}>
          {button}
        </Button>
      }
    >
      {check.error && <Failure error={check.error} />}
      {!check.data && !check.error && (
        <Empty icon="shield" title={check.isPending ? 'Reading every event …' : 'Not asked yet'} />
      )}
      {check.data && (
        <>
          <Notice
            tone={check.data.ok ? 'good' : 'bad'}
            title={check.data.ok ? 'No difference' : `${count(check.data.differences.length)} differences`}
          />
          <Facts
            rows={counters.map(
              ([name, value]) =>
                [name.replaceAll('_', ' '), <span className="number">{count(value as number)}</span>] as const,
            )}
          />
          {check.data.differences.length > 0 && (
            <pre className="excerpt" tabIndex={0} aria-label="Differences">
              {JSON.stringify(check.data.differences, null, 2)}
            </pre>
          )}
        </>
      )}
    </Card>
  );
}
