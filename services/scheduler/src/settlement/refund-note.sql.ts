import { shardOf, type Transaction } from '@usvideo/event-store';

export interface Refund {
  readonly accountId: string;
  readonly environment: string;
  readonly jobId: string;
  /** Unique for ever within the job. */
  readonly refundKey: string;
  readonly amountMicros: bigint;
}

const RECORD = `
insert into refund (job_id, refund_key, amount_micros)
select job_id, $4, $5 from job where job_id = $1 and account_id = $2 and environment = $3 on conflict do nothing`;

/** What versions before noted is the same sum, which may not be heard whole yet. */
const SHOW = `
update job set refunded_micros = greatest(refunded_micros, (select sum(amount_micros) from refund where job_id = $1))
where job_id = $1 and account_id = $2 and environment = $3`;

/** The job shows what was given back of its charge; heard twice it is the same refund. A job that is gone has nothing to show. */
export async function recordRefund(
  tx: Transaction,
  { accountId, environment, jobId, refundKey, amountMicros }: Refund,
): Promise<void> {
  await tx.query({
    name: 'refund_record',
    text: RECORD,
    values: [jobId, accountId, environment, refundKey, amountMicros],
  });
  await tx.query({ name: 'refund_show', text: SHOW, values: [jobId, accountId, environment] });
}

const READ_OWNERS = 'select r.job_id, j.account_id from refund r join job j using (job_id)';
const FORGET = 'delete from refund where job_id = any($1::text[])';
const HIDE = 'update job set refunded_micros = 0 where job_id = any($1::text[])';

/** Of a shard whose log was restored: what is still in it is heard again. */
export async function forgetRefunds(tx: Transaction, shard: number): Promise<void> {
  const { rows } = await tx.query<{ job_id: string; account_id: string }>({ name: 'refund_owners', text: READ_OWNERS });
  const jobIds = rows
    .filter((row) => shardOf(row.account_id) === shard)
    .map((row) => row.job_id)
    .sort();
  await tx.query({ name: 'refund_forget', text: FORGET, values: [jobIds] });
  await tx.query({ name: 'refund_hide', text: HIDE, values: [jobIds] });
}
