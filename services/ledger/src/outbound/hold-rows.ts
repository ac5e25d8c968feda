import type { OpenHold } from '@usvideo/contracts/ledger';
import type { Transaction } from '@usvideo/event-store';
import type { Hold } from '../domain/account-state';
import { dayOf } from '../domain/standing';
import { writeRows } from './array-write';

const LOAD_HOLDS = `
select job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version,
       amount_micros, captured_micros, released_micros, refunded_micros, late_outcome, ended_at
from hold where job_id = any($1::text[])`;

interface HoldRecord {
  job_id: string; account_id: string; state: Hold['state']; api_key_id: string | null; model: string; resolution: string;
  duration_seconds: number; per_second_micros: bigint; price_version: number; amount_micros: bigint; captured_micros: bigint;
  released_micros: bigint; refunded_micros: bigint; late_outcome: boolean; ended_at: Date | null;
}

/** Holds by job id. Their accounts are locked: a hold changes only under the lock of its account. */
export async function loadHolds(tx: Transaction, jobIds: readonly string[]): Promise<Map<string, Hold>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await tx.query<HoldRecord>({ name: 'hold_load', text: LOAD_HOLDS, values: [jobIds] });
  return new Map(rows.map((row) => [row.job_id, holdOf(row)]));
}

function holdOf(row: HoldRecord): Hold {
  const placed = row.api_key_id === null ? undefined : {
    terms: { apiKeyId: row.api_key_id, model: row.model, resolution: row.resolution, durationSeconds: row.duration_seconds },
    price: { perSecondMicros: row.per_second_micros, priceVersion: row.price_version, amountMicros: row.amount_micros },
  };
  return {
    accountId: row.account_id, state: row.state, placed, amountMicros: row.amount_micros, capturedMicros: row.captured_micros,
    releasedMicros: row.released_micros, refundedMicros: row.refunded_micros, lateOutcomeRecorded: row.late_outcome,
    chargedDay: row.state === 'captured' && row.ended_at !== null ? dayOf(row.ended_at) : '',
  };
}

const LOAD_OPEN_HOLDS = `
select account_id, job_id, api_key_id, amount_micros from hold
where state = 'pending' and account_id = any($1::text[]) order by account_id, job_id collate "C"`;

/** The pending holds of locked accounts, an entry for each account. */
export async function loadOpenHolds(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, OpenHold[]>> {
  const open = new Map(accountIds.map((accountId): [string, OpenHold[]] => [accountId, []]));
  if (accountIds.length === 0) return open;
  const { rows } = await tx.query<{ account_id: string; job_id: string; api_key_id: string; amount_micros: bigint }>({
    name: 'open_holds_load', text: LOAD_OPEN_HOLDS, values: [accountIds],
  });
  for (const row of rows) open.get(row.account_id)!.push({ jobId: row.job_id, apiKeyId: row.api_key_id, amountMicros: row.amount_micros });
  return open;
}

/**
 * The moments of a hold that was stored before stay as they are. The last condition makes a job id that meanwhile belongs to
 * another account fail the row count instead of changing its hold.
 */
const WRITE_HOLDS = `
insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version,
                  amount_micros, captured_micros, released_micros, refunded_micros, late_outcome, placed_at, ended_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::integer[],
                     $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::boolean[], $15::timestamptz[], $16::timestamptz[])
on conflict (job_id) do update
set state = excluded.state, captured_micros = excluded.captured_micros, released_micros = excluded.released_micros,
    refunded_micros = excluded.refunded_micros, late_outcome = excluded.late_outcome, ended_at = coalesce(hold.ended_at, excluded.ended_at)
where hold.account_id = excluded.account_id`;

/** Holds by job id, as they stand at the moment of their last change. */
export async function writeHolds(tx: Transaction, changed: ReadonlyMap<string, { hold: Hold; changedAt: Date }>): Promise<void> {
  const rows = [...changed].map(([jobId, { hold, changedAt }]) => {
    const terms = hold.placed?.terms;
    const price = hold.placed?.price;
    return [
      jobId, hold.accountId, hold.state, terms?.apiKeyId ?? null, terms?.model ?? null, terms?.resolution ?? null,
      terms?.durationSeconds ?? null, price?.perSecondMicros ?? null, price?.priceVersion ?? null,
      hold.amountMicros, hold.capturedMicros, hold.releasedMicros, hold.refundedMicros, hold.lateOutcomeRecorded,
      hold.placed === undefined ? null : changedAt, hold.state === 'pending' ? null : changedAt,
    ];
  });
  await writeRows(tx, { name: 'hold_write', text: WRITE_HOLDS, columns: 16 }, rows);
}
