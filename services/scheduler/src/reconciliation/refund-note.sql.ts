import type { Database } from '@usvideo/event-store';

/** Totals only grow, so that two notes may come in any order. */
const NOTE = `
update job set refunded_micros = greatest(refunded_micros, $3) where job_id = $1 and account_id = $2 and environment = 'live'`;

/** False for a job that the account does not have. */
export async function noteRefund(database: Database, { accountId, jobId, refundedMicros }: { accountId: string; jobId: string; refundedMicros: bigint }): Promise<boolean> {
  return (await database.query({ name: 'refund_note', text: NOTE, values: [jobId, accountId, refundedMicros] })).rowCount === 1;
}
