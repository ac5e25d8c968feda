import { useState } from 'react';
import { useApi } from '../api/context';
import { useGet } from '../api/queries';
import type { LedgerEntry, List, Statement } from '../api/types';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { save, saveText } from '../api/download';
import { Badge, Empty, Failure } from '../ui/states';
import { Table } from '../ui/table';
import type { ApiError } from '../api/client';
import { useSession } from '../session/session';
import { csv } from './csv';
import { statementPdf } from './statement-pdf';

const LINES = 100;
const PAGES_MAX = 1_000;

export function Statements() {
  const { api } = useApi();
  const { account } = useSession();
  const [busy, setBusy] = useState('');
  const [error, setError] = useState<ApiError>();
  const statements = useGet<List<Statement>>('/v1/statements', { limit: 24 });
  const download = async (statement: Statement, kind: 'csv' | 'pdf') => {
    const { period } = statement;
    setBusy(`${period}.${kind}`);
    setError(undefined);
    try {
      const lines = await linesOf(period, (query) =>
        api.get<{ lines: List<LedgerEntry> }>(`/v1/statements/${period}`, { query }),
      );
      if (kind === 'csv') saveText(`statement-${period}.csv`, 'text/csv', csv(COLUMNS, lines));
      else save(`statement-${period}.pdf`, await statementPdf(statement, lines, account));
    } catch (failure) {
      setError(failure as ApiError);
    } finally {
      setBusy('');
    }
  };
  return (
    <Card flush title="Statements" description="Opening and movements make the closing balance of each UTC month.">
      {error && (
        <div className="padded">
          <Failure error={error} />
        </div>
      )}
      <Table
        label="Statements"
        rows={statements.data?.data}
        error={statements.error}
        retry={() => void statements.refetch()}
        keyOf={({ period }) => period}
        empty={
          <Empty icon="book" title="No month has begun">
            A statement opens with the first movement of money.
          </Empty>
        }
        columns={[
          {
            title: 'Month',
            cell: ({ period, open }) => (
              <>
                <span className="strong">{period}</span> {open && <Badge tone="info">running</Badge>}
              </>
            ),
          },
          { title: 'Opening', align: 'right', cell: (each) => each.opening_balance, wide: true },
          { title: 'Added', align: 'right', cell: (each) => each.added },
          { title: 'Charged', align: 'right', cell: (each) => each.charged },
          { title: 'Refunded', align: 'right', cell: (each) => each.refunded, wide: true },
          { title: 'Closing', align: 'right', cell: (each) => <span className="strong">{each.closing_balance}</span> },
          {
            title: '',
            align: 'right',
            cell: (statement) => (
              <span className="row-actions">
                {(['pdf', 'csv'] as const).map((kind) => (
                  <Button
                    key={kind}
                    small
                    look="quiet"
                    icon="download"
                    busy={busy === `${statement.period}.${kind}`}
                    onClick={() => void download(statement, kind)}
                  >
                    {kind.toUpperCase()}
                    <span className="visually-hidden"> of {statement.period}</span>
                  </Button>
                ))}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}

const COLUMNS = [
  'created_at',
  'kind',
  'job_id',
  'available_change',
  'held_change',
  'balance_after',
  'reference',
  'note',
] as const;

async function linesOf(
  period: string,
  page: (query: { limit: number; starting_after: string | undefined }) => Promise<{ lines: List<LedgerEntry> }>,
): Promise<LedgerEntry[]> {
  const lines: LedgerEntry[] = [];
  let after: string | undefined;
  for (let read = 0; read < PAGES_MAX; read += 1) {
    const {
      lines: { data, has_more: more, next_cursor: next },
    } = await page({ limit: LINES, starting_after: after });
    lines.push(...data);
    if (!more || !next) return lines;
    after = next;
  }
  throw new Error(`statement ${period} has more than ${LINES * PAGES_MAX} lines`);
}
