import { useMutation } from '@tanstack/react-query';
import type { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { count, exactTime } from '../api/format';
import { useGet, useRefresh } from '../api/queries';
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

interface Run extends Found {
  readonly started_at: string | null;
  readonly ended_at: string | null;
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
      <PageHeader
        title="Proof"
        description="That the money is right: what the last run found, by itself or asked for here."
      />
      <div className="grid-2">
        <Check
          title="Ledger"
          path="/admin/v1/ledger/verify"
          runs="/admin/v1/ledger/verifications"
          description="Every balance derived again from its events."
          button="Verify the ledger"
        />
        <Check
          title="Jobs and money"
          path="/admin/v1/reconcile"
          runs="/admin/v1/reconciliations"
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

const RUNS = 10;

/** What the last run found, by itself once a day or asked for here, and those before it. */
function Check({
  title,
  path,
  runs: runsPath,
  description,
  button,
}: {
  title: string;
  path: string;
  runs: string;
  description: string;
  button: string;
}) {
  const { api } = useApi();
  const refresh = useRefresh();
  const runs = useGet<List<Run>>(runsPath, { limit: RUNS });
  const check = useMutation<Found, ApiError>({
    mutationFn: () => api.get<Found>(path),
    onSettled: () => refresh(runsPath),
  });
  const last = runs.data?.data[0];
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
      {runs.error && !runs.data && <Failure error={runs.error} retry={() => void runs.refetch()} />}
      {runs.data && !last && (
        <Empty icon="shield" title={check.isPending ? 'Reading every event …' : 'Never run to its end yet'}>
          It runs once a day by itself.
        </Empty>
      )}
      {last && <LastRun run={last} />}
      {runs.data && runs.data.data.length > 1 && <EarlierRuns runs={runs.data.data.slice(1)} />}
    </Card>
  );
}

function LastRun({ run }: { run: Run }) {
  const counters = Object.entries(run).filter(([, value]) => typeof value === 'number');
  return (
    <>
      <Notice
        tone={run.ok ? 'good' : 'bad'}
        title={run.ok ? 'No difference' : `${count(run.differences.length)} differences`}
      >
        Last run <Time at={run.ended_at} />
      </Notice>
      <Facts
        rows={counters.map(
          ([name, value]) =>
            [name.replaceAll('_', ' '), <span className="number">{count(value as number)}</span>] as const,
        )}
      />
      {run.differences.length > 0 && (
        <pre className="excerpt" tabIndex={0} aria-label="Differences">
          {run.differences.join('\n')}
        </pre>
      )}
    </>
  );
}

function EarlierRuns({ runs }: { runs: readonly Run[] }) {
  return (
    <details className="earlier">
      <summary>Earlier runs</summary>
      <ul className="list-plain">
        {runs.map(({ started_at: at, ok, differences }) => (
          <li key={at}>
            {at ? exactTime(at) : '–'} · {ok ? 'no difference' : `${count(differences.length)} differences`}
          </li>
        ))}
      </ul>
    </details>
  );
}
