import { Inject, Injectable } from '@nestjs/common';
import type { VerificationRun } from '@usvideo/contracts/ledger';
import { inTransaction, type Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Verification } from './verifier.sql';

const KEPT = 100;
const INSERT = `
insert into verification_run (started_at, ended_at, events_checked, postings_sum_micros, roots_checked, last_root_at, differences)
values ($1, $2, $3, $4, $5, $6, $7)`;
const FORGET = `delete from verification_run where run_id <= (select max(run_id) from verification_run) - ${KEPT}`;
const LIST = `
select started_at, ended_at, events_checked, postings_sum_micros, roots_checked, last_root_at, differences
from verification_run order by run_id desc limit $1`;

/** What the verifier found whenever it came to the end. The newest hundred are kept. */
@Injectable()
export class VerificationRuns {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async keep(startedAt: Date, found: Verification): Promise<void> {
    const { eventsChecked, postingsSumMicros, rootsChecked, lastRootAt, differences } = found;
    await inTransaction(this.database, async (tx, endedAt) => {
      await tx.query({
        name: 'verification_keep',
        text: INSERT,
        values: [startedAt, endedAt, eventsChecked, postingsSumMicros, rootsChecked, lastRootAt ?? null, differences],
      });
      await tx.query({ name: 'verification_forget', text: FORGET });
    });
  }

  /** Newest first. */
  async list(limit: number): Promise<VerificationRun[]> {
    const { rows } = await this.database.query<{
      started_at: Date;
      ended_at: Date;
      events_checked: bigint;
      postings_sum_micros: bigint;
      roots_checked: bigint;
      last_root_at: Date | null;
      differences: string[];
    }>({ name: 'verification_list', text: LIST, values: [limit] });
    return rows.map((row) => ({
      startedAt: row.started_at,
      endedAt: row.ended_at,
      found: {
        eventsChecked: row.events_checked,
        postingsSumMicros: row.postings_sum_micros,
        rootsChecked: row.roots_checked,
        lastRootAt: row.last_root_at ?? undefined,
        differences: row.differences,
      },
    }));
  }
}
