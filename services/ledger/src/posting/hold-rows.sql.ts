import type { OpenHold } from '@usvideo/contracts/ledger';
import { RowsStatement, textArray, together, type Transaction } from '@usvideo/event-store';
import type { Hold } from '../account/account-state';
import type { ChangedHold } from '../account/rows';
import { dayOf } from '../account/account-balance';

const LOAD_HOLDS = `
select job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version,
       amount_micros, captured_micros, released_micros, refunded_micros, late_outcome, ended_at
from hold where job_id = any($1::text[])`;

interface HoldRecord {
  job_id: string;
  account_id: string;
  state: Hold['state'];
  api_key_id: string | null;
  model: string;
  resolution: string;
  duration_seconds: number;
  per_second_micros: bigint;
  price_version: number;
  amount_micros: bigint;
  captured_micros: bigint;
  released_micros: bigint;
  refunded_micros: bigint;
  late_outcome: boolean;
  ended_at: Date | null;
}

/** Holds by job id. Their accounts are locked: a hold changes only under the lock of its account. */
export async function loadHolds(tx: Transaction, jobIds: readonly string[]): Promise<Map<string, Hold>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await tx.query<HoldRecord>({ name: 'hold_load', text: LOAD_HOLDS, values: [textArray(jobIds)] });
  return new Map(rows.map((row) => [row.job_id, holdOf(row)]));
}

function holdOf(row: HoldRecord): Hold {
  const placed =
    row.api_key_id === null
      ? undefined
      : {
          terms: {
            apiKeyId: row.api_key_id,
            model: row.model,
            resolution: row.resolution,
            durationSeconds: row.duration_seconds,
          },
          price: {
            perSecondMicros: row.per_second_micros,
            priceVersion: row.price_version,
            amountMicros: row.amount_micros,
          },
        };
  return {
    accountId: row.account_id,
    state: row.state,
    placed,
    amountMicros: row.amount_micros,
    capturedMicros: row.captured_micros,
    releasedMicros: row.released_micros,
    refundedMicros: row.refunded_micros,
    lateOutcomeRecorded: row.late_outcome,
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
    name: 'open_holds_load',
    text: LOAD_OPEN_HOLDS,
    values: [textArray(accountIds)],
  });
  for (const row of rows)
    open.get(row.account_id)!.push({ jobId: row.job_id, apiKeyId: row.api_key_id, amountMicros: row.amount_micros });
  return open;
}

type Changed = readonly [jobId: string, changed: ChangedHold];

/** A job id that meanwhile became another hold's trips the key. */
const INSERT_HOLDS = new RowsStatement<Changed>(
  'hold_insert',
  {
    job_id: ['text', ([jobId]) => jobId],
    account_id: ['text', ([, { hold }]) => hold.accountId],
    state: ['text', ([, { hold }]) => hold.state],
    api_key_id: ['text', ([, { hold }]) => hold.placed?.terms.apiKeyId],
    model: ['text', ([, { hold }]) => hold.placed?.terms.model],
    resolution: ['text', ([, { hold }]) => hold.placed?.terms.resolution],
    duration_seconds: ['integer', ([, { hold }]) => hold.placed?.terms.durationSeconds],
    per_second_micros: ['bigint', ([, { hold }]) => hold.placed?.price.perSecondMicros],
    price_version: ['integer', ([, { hold }]) => hold.placed?.price.priceVersion],
    amount_micros: ['bigint', ([, { hold }]) => hold.amountMicros],
    captured_micros: ['bigint', ([, { hold }]) => hold.capturedMicros],
    released_micros: ['bigint', ([, { hold }]) => hold.releasedMicros],
    refunded_micros: ['bigint', ([, { hold }]) => hold.refundedMicros],
    late_outcome: ['boolean', ([, { hold }]) => hold.lateOutcomeRecorded],
    placed_at: ['timestamptz', ([, { hold, changedAt }]) => (hold.placed === undefined ? null : changedAt)],
    ended_at: ['timestamptz', ([, { hold, changedAt }]) => (hold.state === 'pending' ? null : changedAt)],
  },
  (names, rows) => `insert into hold (${names}) select * from ${rows}`,
);

/** What a hold was placed with, and the moment of its end, stay as they are. */
const UPDATE_HOLDS = new RowsStatement<Changed>(
  'hold_update',
  {
    job_id: ['text', ([jobId]) => jobId],
    account_id: ['text', ([, { hold }]) => hold.accountId],
    state: ['text', ([, { hold }]) => hold.state],
    captured_micros: ['bigint', ([, { hold }]) => hold.capturedMicros],
    released_micros: ['bigint', ([, { hold }]) => hold.releasedMicros],
    refunded_micros: ['bigint', ([, { hold }]) => hold.refundedMicros],
    late_outcome: ['boolean', ([, { hold }]) => hold.lateOutcomeRecorded],
    ended_at: ['timestamptz', ([, { hold, changedAt }]) => (hold.state === 'pending' ? null : changedAt)],
  },
  (_, rows) => `
update hold h
set state = n.state, captured_micros = n.captured_micros, released_micros = n.released_micros, refunded_micros = n.refunded_micros,
    late_outcome = n.late_outcome, ended_at = coalesce(h.ended_at, n.ended_at)
from ${rows} where h.job_id = n.job_id and h.account_id = n.account_id`,
);

/** Holds by job id, as they stand at the moment of their last change. */
export async function writeHolds(tx: Transaction, changed: Iterable<Changed>): Promise<void> {
  const { stored = [], added = [] } = Object.groupBy(changed, ([, { isStored }]) => (isStored ? 'stored' : 'added'));
  await together([INSERT_HOLDS.write(tx, added), UPDATE_HOLDS.write(tx, stored)]);
}
