import type { Database } from '@usvideo/event-store';
import type { QueueKey } from '../job/queue-key';

/** NOTIFY channel of dispatch; the payload is a job class. */
export const WAKE_CHANNEL = 'scheduler_wake';

/**
 * Ordered, so that two wakes of the same accounts cannot lock them crosswise. Whoever becomes active starts no earlier than
 * its class has come: the idle bank nothing. A queue that is seen awake is left alone and unlocked: should a claim be putting
 * it to sleep at this moment, that claim looks again after its commit and finds the work that we committed before.
 */
const ACTIVATE = `
insert into account_class as c (account_id, environment, job_class, virtual_time, active)
select n.account_id, n.environment, n.job_class, coalesce(k.virtual_time, 0), true
from unnest($1::text[], $2::text[], $3::text[]) as n (account_id, environment, job_class)
left join class_clock k on k.job_class = n.job_class
left join account_class a on a.account_id = n.account_id and a.environment = n.environment and a.job_class = n.job_class
where a.active is not true
order by 1, 2, 3
on conflict (account_id, environment, job_class) do update
set active = true, virtual_time = greatest(c.virtual_time, excluded.virtual_time)
where not c.active
returning c.job_class`;

/** In a statement of its own: NOTIFY takes a lock over the whole cluster while its transaction commits. */
const NOTIFY = `select pg_notify('${WAKE_CHANNEL}', job_class) from unnest($1::text[]) as n (job_class)`;

/**
 * Makes queues eligible again. It runs after the commit that gave them work and outside of it; should the process die in
 * between, the sweep of dispatch finds the work.
 */
export async function wakeQueues(database: Database, keys: readonly QueueKey[]): Promise<void> {
  const distinct = [
    ...new Map(keys.map((key) => [`${key.accountId} ${key.environment} ${key.jobClass}`, key])).values(),
  ];
  const { rows } = await database.query<{ job_class: string }>({
    name: 'queue_activate',
    text: ACTIVATE,
    values: [
      distinct.map((key) => key.accountId),
      distinct.map((key) => key.environment),
      distinct.map((key) => key.jobClass),
    ],
  });
  // Where a queue was awake already, somebody is at work on it or waits for its account's slots.
  if (rows.length > 0)
    await database.query({
      name: 'queue_notify',
      text: NOTIFY,
      values: [[...new Set(rows.map((row) => row.job_class))]],
    });
}

export interface DispatchWakeOptions {
  readonly database: Database;
  /** Nudges the claim loop of this process. */
  readonly onAwake: (jobClasses: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
}

/** Collects the queues that got work and wakes them with one statement in flight. */
export class DispatchWake {
  private pending: QueueKey[] = [];
  private flushing: Promise<void> | undefined;

  constructor(private readonly options: DispatchWakeOptions) {}

  wake(...keys: readonly QueueKey[]): void {
    this.pending.push(...keys);
    this.flushing ??= this.flush().finally(() => {
      this.flushing = undefined;
    });
  }

  /** Resolves when everything woken so far is awake. */
  async settled(): Promise<void> {
    while (this.flushing) await this.flushing;
  }

  private async flush(): Promise<void> {
    await new Promise(setImmediate);
    while (this.pending.length > 0) {
      const keys = this.pending;
      this.pending = [];
      try {
        await wakeQueues(this.options.database, keys);
        this.options.onAwake([...new Set(keys.map((key) => key.jobClass))]);
      } catch (error) {
        // The sweep of dispatch wakes what stays asleep here.
        this.options.onError(error);
      }
    }
  }
}
