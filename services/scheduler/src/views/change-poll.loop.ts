import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { JobChanges } from './job-changes';

const READ_STATES = `
select j.job_id, concat_ws('.', j.version, q.progress, j.settled_at is not null, j.refunded_micros) as fingerprint
from job j left join job_queue q on q.job_id = j.job_id where j.job_id = any($1::text[])`;

/** While jobs are watched they are looked at this often: their worker may be connected to another replica. */
const POLL_MS = 250;

/** Finds the changes that other replicas made, with one statement for all jobs that are watched here. */
@Injectable()
export class ChangePoll {
  private readonly seen = new Map<string, string>();
  private loop: Loop | undefined;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly changes: JobChanges,
  ) {}

  start(logger: Logger): Loop {
    this.loop = startLoop({
      name: 'watched-jobs',
      everyMs: POLL_MS,
      work: () => this.look(),
      logger,
      backOffMaxMs: 2_000,
    });
    return this.loop;
  }

  private async look(): Promise<void> {
    const watched = this.changes.listenedTo();
    for (const jobId of this.seen.keys()) if (!watched.has(jobId)) this.seen.delete(jobId);
    if (watched.size === 0) return;
    const { rows } = await this.database.query<{ job_id: string; fingerprint: string }>({
      name: 'watch_poll',
      text: READ_STATES,
      values: [[...watched]],
    });
    for (const { job_id: jobId, fingerprint } of rows) {
      const before = this.seen.get(jobId);
      this.seen.set(jobId, fingerprint);
      if (before !== fingerprint) this.changes.changed(jobId);
    }
  }
}
