import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { count } from '../api/format';
import { usePages } from '../api/queries';
import { Download } from '../api/download';
import { Button } from '../ui/button';
import { Card, Facts, Mono, PageHeader, Time } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Empty, Failure, Notice } from '../ui/states';
import { Table } from '../ui/table';

interface AuditEntry {
  readonly seq: number;
  readonly account_id: string | null;
  readonly author: string;
  readonly action: string;
  readonly subject: string;
  readonly at: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly hash: string;
}

const PATH = '/admin/v1/audit';
const PAGE = 50;
const EXPORTED_MAX = 1_000;

export function Audit() {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState<AuditEntry>();
  const accountId = /^acc_[0-9A-Za-z]{1,60}$/.test(typed.trim()) ? typed.trim() : undefined;
  const entries = usePages<AuditEntry>(PATH, { limit: PAGE, account_id: accountId });
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Who did what to which account, from where: append-only, each entry chained to the one before."
        actions={
          <Download
            label="Export the newest thousand"
            name="audit.ndjson"
            type="application/x-ndjson"
            path={PATH}
            query={{ limit: EXPORTED_MAX, account_id: accountId }}
          />
        }
      />
      <ChainCheck />
      <div className="filters" role="search">
        <TextField
          label="Account"
          placeholder="acc_…"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          spellCheck={false}
          error={typed.trim() !== '' && !accountId ? 'An id begins with acc_.' : undefined}
        />
      </div>
      <Card flush>
        <Table
          label="Audit log"
          rows={entries.rows}
          error={entries.error}
          retry={() => void entries.refetch()}
          keyOf={({ seq }) => String(seq)}
          empty={<Empty icon="book" title="Nothing is recorded" />}
          onMore={entries.hasNextPage ? () => void entries.fetchNextPage() : undefined}
          moreBusy={entries.isFetchingNextPage}
          columns={[
            {
              title: 'What',
              cell: ({ action, subject }) => (
                <span className="two">
                  <span className="strong">{action.replaceAll('_', ' ')}</span>
                  <span className="clip">{subject}</span>
                </span>
              ),
            },
            {
              title: 'Who',
              cell: ({ author, address }) => (
                <span className="two">
                  <span className="clip">{author}</span>
                  <span>{address}</span>
                </span>
              ),
            },
            {
              title: 'Account',
              cell: ({ account_id: id }) =>
                id ? (
                  <Link href={`/accounts/${id}`} className="link">
                    <Mono>{id.slice(0, 14)}…</Mono>
                  </Link>
                ) : (
                  <span className="faint">–</span>
                ),
              wide: true,
            },
            { title: 'When', cell: ({ at }) => <Time at={at} /> },
            {
              title: '',
              align: 'right',
              cell: (entry) => (
                <Button small look="quiet" onClick={() => setOpen(entry)}>
                  Open<span className="visually-hidden"> entry {entry.seq}</span>
                </Button>
              ),
            },
          ]}
        />
      </Card>
      <Dialog
        wide
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={open?.action.replaceAll('_', ' ') ?? ''}
      >
        {open && <One entry={open} />}
      </Dialog>
    </>
  );
}

function One({ entry }: { entry: AuditEntry }) {
  const shown = (value: unknown) => (
    <pre className="excerpt" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
  return (
    <Facts
      rows={[
        ['Entry', <span className="number">{entry.seq}</span>],
        ['Subject', <Mono>{entry.subject}</Mono>],
        ['By', entry.author],
        ...(entry.address ? [['From', entry.address] as const] : []),
        ...(entry.request_id ? [['Request', <Mono>{entry.request_id}</Mono>] as const] : []),
        ...(entry.before === null ? [] : [['Before', shown(entry.before)] as const]),
        ...(entry.after === null ? [] : [['After', shown(entry.after)] as const]),
        ['Hash', <Mono>{entry.hash}</Mono>],
      ]}
    />
  );
}

function ChainCheck() {
  const { api } = useApi();
  const check = useMutation<{ ok: boolean; checked: number; broken_at: number | null }, ApiError>({
    mutationFn: () => api.get(`${PATH}/verify`),
  });
  if (check.error) return <Failure error={check.error} retry={() => check.mutate()} />;
  if (check.data)
    return (
      <Notice
        tone={check.data.ok ? 'good' : 'bad'}
        title={
          check.data.ok
            ? `${count(check.data.checked)} entries follow from each other`
            : `The chain breaks at entry ${check.data.broken_at}`
        }
      >
        {check.data.ok ? 'None was edited or cut out.' : 'An entry was edited or cut out.'}
      </Notice>
    );
  return (
    <Notice
      tone="info"
      title="Was it edited?"
      action={
        <Button small icon="shield" busy={check.isPending} onClick={() => check.mutate()}>
          Prove the chain
        </Button>
      }
    >
      Each entry holds the hash of the one before.
    </Notice>
  );
}
