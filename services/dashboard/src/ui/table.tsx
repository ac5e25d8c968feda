import type { ReactNode } from 'react';
import type { ApiError } from '../api/client';
import { Button } from './button';
import { Failure, Skeleton } from './states';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  /** Left out where the page is narrow. */
  readonly wide?: boolean;
}

const WAITING_ROWS = 5;

/** Rows, or honestly why there are none: on their way, refused, or really none. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  error,
  retry,
  empty,
  onMore,
  moreBusy,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  error?: ApiError | null;
  retry?: () => void;
  empty: ReactNode;
  onMore?: (() => void) | undefined;
  moreBusy?: boolean;
}) {
  if (error && !rows)
    return (
      <div className="padded">
        <Failure error={error} {...(retry ? { retry } : {})} />
      </div>
    );
  if (rows?.length === 0) return <>{empty}</>;
  return (
    <>
      <div className="table-wrap" role="region" aria-label={label} tabIndex={0}>
        <table aria-busy={!rows}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" className={classOf(column)}>
                  {column.title || <span className="visually-hidden">Actions</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows
              ? rows.map((row) => (
                  <tr key={keyOf(row)}>
                    {columns.map((column) => (
                      <td key={column.title} className={classOf(column)}>
                        {column.cell(row)}
                      </td>
                    ))}
                  </tr>
                ))
              : Array.from({ length: WAITING_ROWS }, (_, at) => (
                  <tr key={at}>
                    {columns.map((column) => (
                      <td key={column.title} className={classOf(column)}>
                        <Skeleton width="70%" />
                      </td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      {onMore && (
        <div className="more">
          <Button busy={moreBusy ?? false} onClick={onMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function classOf({ align, wide }: { align?: 'right'; wide?: boolean }): string | undefined {
  return [align, wide ? 'wide-only' : ''].filter(Boolean).join(' ') || undefined;
}
