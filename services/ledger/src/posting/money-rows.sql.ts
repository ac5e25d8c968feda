import { RowsStatement, textArray, type Transaction } from '@usvideo/event-store';
import type { Done, Payment } from '../account/account-state';
import { capKey, doneKey, paymentKey } from '../account/batch';
import type { KeyCap } from '../account/account-state';
import type { DoneRow, PaymentRow } from '../account/rows';

const LOAD_PAYMENTS = `
select p.account_id, p.payment_ref, p.amount_micros, p.reversed_micros, p.source
from payment p join unnest($1::text[], $2::text[]) as n (account_id, payment_ref) using (account_id, payment_ref)`;

interface PaymentRecord {
  account_id: string;
  payment_ref: string;
  amount_micros: bigint;
  reversed_micros: bigint;
  source: string;
}

/** By `paymentKey`. */
export async function loadPayments(
  tx: Transaction,
  keys: readonly { accountId: string; paymentRef: string }[],
): Promise<Map<string, Payment>> {
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<PaymentRecord>({
    name: 'payment_load',
    text: LOAD_PAYMENTS,
    values: [keys.map((key) => key.accountId), keys.map((key) => key.paymentRef)],
  });
  return new Map(
    rows.map((row) => [
      paymentKey(row.account_id, row.payment_ref),
      { amountMicros: row.amount_micros, reversedMicros: row.reversed_micros, source: row.source },
    ]),
  );
}

const WRITE_PAYMENTS = new RowsStatement<PaymentRow>(
  'payment_write',
  {
    account_id: ['text', (row) => row.accountId],
    payment_ref: ['text', (row) => row.paymentRef],
    amount_micros: ['bigint', (row) => row.amountMicros],
    reversed_micros: ['bigint', (row) => row.reversedMicros],
    source: ['text', (row) => row.source],
  },
  (names, rows) => `
insert into payment (${names}) select * from ${rows}
on conflict (account_id, payment_ref) do update set reversed_micros = excluded.reversed_micros
where payment.amount_micros = excluded.amount_micros`,
);

export async function writePayments(tx: Transaction, payments: Iterable<PaymentRow>): Promise<void> {
  await WRITE_PAYMENTS.write(tx, [...payments]);
}

const LOAD_DONE = `
select d.account_id, d.kind, d.reference, d.subject, d.amount_micros
from natural_key d join unnest($1::text[], $2::text[], $3::text[]) as n (account_id, kind, reference) using (account_id, kind, reference)`;

interface DoneRecord {
  account_id: string;
  kind: string;
  reference: string;
  subject: string;
  amount_micros: bigint;
}

/** By `doneKey`. */
export async function loadDone(
  tx: Transaction,
  keys: readonly { accountId: string; kind: string; reference: string }[],
): Promise<Map<string, Done>> {
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<DoneRecord>({
    name: 'natural_key_load',
    text: LOAD_DONE,
    values: [keys.map((key) => key.accountId), keys.map((key) => key.kind), keys.map((key) => key.reference)],
  });
  return new Map(
    rows.map((row) => [
      doneKey({ accountId: row.account_id, kind: row.kind, reference: row.reference }),
      { subject: row.subject, amountMicros: row.amount_micros },
    ]),
  );
}

const INSERT_DONE = new RowsStatement<DoneRow>(
  'natural_key_insert',
  {
    account_id: ['text', (row) => row.accountId],
    kind: ['text', (row) => row.kind],
    reference: ['text', (row) => row.reference],
    subject: ['text', (row) => row.subject],
    amount_micros: ['bigint', (row) => row.amountMicros],
    recorded_at: ['timestamptz', (row) => row.recordedAt],
  },
  (names, rows) => `insert into natural_key (${names}) select * from ${rows}`,
);

export async function insertDone(tx: Transaction, done: readonly DoneRow[]): Promise<void> {
  await INSERT_DONE.write(tx, done);
}

const LOAD_CAPS = `
select account_id, api_key_id, limit_micros, held_micros, month, spent_micros from key_cap where account_id = any($1::text[])`;

/** What keys hold that were never capped, and what they were charged less refunded in the month. */
const COUNT_KEYS = `
select n.account_id, n.api_key_id, null::bigint as limit_micros, n.month,
       (select coalesce(sum(amount_micros), 0)::bigint from hold h
        where h.account_id = n.account_id and h.api_key_id = n.api_key_id and h.state = 'pending') as held_micros,
       (select coalesce(sum(charged_micros), 0)::bigint from daily_usage u
        where u.account_id = n.account_id and u.api_key_id = n.api_key_id and to_char(u.day, 'YYYY-MM') = n.month)
       - (select coalesce(sum(k.amount_micros), 0)::bigint from natural_key k join hold h on h.job_id = k.subject
          where k.account_id = n.account_id and k.kind = 'refund' and h.api_key_id = n.api_key_id
            and to_char(k.recorded_at at time zone 'UTC', 'YYYY-MM') = n.month) as spent_micros
from unnest($1::text[], $2::text[], $3::text[]) as n (account_id, api_key_id, month)
where not exists (select from key_cap c where c.account_id = n.account_id and c.api_key_id = n.api_key_id)`;

interface CapRecord {
  account_id: string;
  api_key_id: string;
  limit_micros: bigint | null;
  held_micros: bigint;
  month: string;
  spent_micros: bigint;
}

/** All keys of the accounts that have, or had, a cap; by `capKey`. */
export async function loadKeyCaps(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, KeyCap>> {
  const { rows } = await tx.query<CapRecord>({
    name: 'key_cap_load',
    text: LOAD_CAPS,
    values: [textArray(accountIds)],
  });
  return new Map(rows.map(keyCapOf));
}

/** The counters of keys that are about to be capped for the first time. */
export async function countKeys(
  tx: Transaction,
  keys: readonly { accountId: string; apiKeyId: string; month: string }[],
): Promise<Map<string, KeyCap>> {
  if (keys.length === 0) return new Map();
  const values = [keys.map((key) => key.accountId), keys.map((key) => key.apiKeyId), keys.map((key) => key.month)];
  const { rows } = await tx.query<CapRecord>({ name: 'key_count', text: COUNT_KEYS, values });
  return new Map(rows.map(keyCapOf));
}

function keyCapOf(row: CapRecord): [string, KeyCap] {
  return [
    capKey(row.account_id, row.api_key_id),
    {
      accountId: row.account_id,
      apiKeyId: row.api_key_id,
      limitMicros: row.limit_micros ?? undefined,
      heldMicros: row.held_micros,
      month: row.month,
      spentMicros: row.spent_micros,
    },
  ];
}

const WRITE_CAPS = new RowsStatement<KeyCap>(
  'key_cap_write',
  {
    account_id: ['text', (cap) => cap.accountId],
    api_key_id: ['text', (cap) => cap.apiKeyId],
    limit_micros: ['bigint', (cap) => cap.limitMicros],
    held_micros: ['bigint', (cap) => cap.heldMicros],
    month: ['text', (cap) => cap.month],
    spent_micros: ['bigint', (cap) => cap.spentMicros],
  },
  (names, rows) => `
insert into key_cap (${names}) select * from ${rows}
on conflict (account_id, api_key_id) do update
set limit_micros = excluded.limit_micros, held_micros = excluded.held_micros, month = excluded.month, spent_micros = excluded.spent_micros`,
);

export async function writeKeyCaps(tx: Transaction, caps: Iterable<KeyCap>): Promise<void> {
  await WRITE_CAPS.write(tx, [...caps]);
}
