import type { Database } from '@usvideo/event-store';
import { retentionRemoved, startSpaced, type Logger, type Loop } from '@usvideo/runtime';
import type { Environment } from '../job/job';
import type { CustomerOrders } from '../orders/customer-orders.service';

export interface ContentRetentionOptions {
  readonly database: Database;
  readonly orders: Pick<CustomerOrders, 'cancel' | 'eraseContent'>;
  readonly logger: Logger;
  /** What customers wrote is kept for so long after their job was made. */
  readonly days: number;
}

const EVERY_MS = 3_600_000;
const ACCOUNTS_EVERY_MS = 10_000;
const FIRST_AFTER_MS = 5 * 60_000;
const SLICE = 200;

interface Due {
  job_id: string;
  account_id: string;
  environment: Environment;
  ended: boolean;
}

/** A job waits for a week at most, so that nearly all of this age have ended. */
const EXPIRED = `
select c.job_id, c.account_id, c.environment, true as ended
from job_content c join job j using (job_id)
where c.created_at < clock_timestamp() - make_interval(days => $1) and j.ended_at is not null
order by c.created_at limit ${SLICE}`;

const OF_ERASED_ACCOUNTS = `
select c.job_id, c.account_id, c.environment, j.ended_at is not null as ended
from content_erasure e join job_content c using (account_id) join job j using (job_id)
where j.state not in ('leased', 'rendering') limit ${SLICE}`;

/** Without their key the names that are left of end users are nobody's. */
const FORGET_ERASURES = `
with done as (delete from content_erasure e where not exists (select from job_content c where c.account_id = e.account_id) returning account_id)
delete from end_user_key where account_id in (select account_id from done)`;

/**
 * Erases what was kept long enough, and at once what an erased account wrote: each job's as its customer would, so that whoever holds
 * more of it hears of it.
 */
export class ContentRetention {
  private loops: Loop[] = [];

  constructor(private readonly options: ContentRetentionOptions) {}

  start(): this {
    const { logger } = this.options;
    retentionRemoved.inc({ what: 'job_content' }, 0);
    this.loops = [
      startSpaced({
        name: 'content_retention',
        everyMs: EVERY_MS,
        firstAfterMs: FIRST_AFTER_MS,
        logger,
        work: () => this.eraseExpired(),
      }),
      startSpaced({
        name: 'content_of_erased_accounts',
        everyMs: ACCOUNTS_EVERY_MS,
        firstAfterMs: 0,
        logger,
        work: () => this.eraseAccounts(),
      }),
    ];
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  async eraseExpired(): Promise<void> {
    for (let slice = SLICE; slice === SLICE;) slice = await this.erase('content_expired', EXPIRED, [this.options.days]);
  }

  /** What renders is erased when it has ended: its account is frozen, so that nothing new begins. */
  async eraseAccounts(): Promise<void> {
    for (let slice = SLICE; slice === SLICE;) slice = await this.erase('content_of_erased', OF_ERASED_ACCOUNTS, []);
    await this.options.database.query({ name: 'content_erasures_forget', text: FORGET_ERASURES });
  }

  private async erase(name: string, text: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await this.options.database.query<Due>({ name, text, values: [...values] });
    const erased = await Promise.all(rows.map((row) => this.eraseJob(row)));
    retentionRemoved.inc({ what: 'job_content' }, erased.filter(Boolean).length);
    // A slice that did not shrink would be read again for ever.
    return erased.every(Boolean) ? rows.length : 0;
  }

  private async eraseJob({ job_id: jobId, account_id: accountId, environment, ended }: Due): Promise<boolean> {
    const scope = { accountId, environment };
    if (!ended && (await this.options.orders.cancel(scope, jobId, '')).kind !== 'done') return false;
    return (await this.options.orders.eraseContent(scope, jobId)).kind === 'done';
  }
}

/** From now on nothing that the account wrote is kept. */
export async function askForErasure(database: Database, accountId: string): Promise<void> {
  await database.query({
    name: 'content_erasure_ask',
    text: 'insert into content_erasure (account_id, asked_at) values ($1, clock_timestamp()) on conflict do nothing',
    values: [accountId],
  });
}
