import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, type Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

const ENDPOINTS = `
with gone as (delete from endpoint where account_id = $1 returning endpoint_id)
delete from signing_secret s using gone where s.owner = gone.endpoint_id`;

const END_DELIVERIES = `
update delivery set status = 'superseded', next_attempt_at = null, lease_id = null, lease_until = null, ended_at = clock_timestamp()
where account_id = $1 and endpoint_id is not null and status = 'pending'`;

const ATTEMPTS = `
update delivery_attempt a set response_excerpt = '', address = '' from delivery d where d.delivery_id = a.delivery_id and d.account_id = $1 and d.job_id = ''`;

const DELIVERIES = `update delivery set url = null, isolation_key = '' where account_id = $1 and job_id = ''`;

const BODIES = `update feed_event set body = null where account_id = $1 and job_id = '' and body is not null`;

/** What is kept of an account apart from its jobs, whose erasures are events of the scheduler. */
@Injectable()
export class AccountErasure {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async erase(accountId: string): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      const steps = {
        erase_endpoints: ENDPOINTS,
        erase_pending: END_DELIVERIES,
        erase_own_attempts: ATTEMPTS,
        erase_own_deliveries: DELIVERIES,
        erase_own_bodies: BODIES,
      };
      for (const [name, text] of Object.entries(steps)) await tx.query({ name, text, values: [accountId] });
    });
  }
}
