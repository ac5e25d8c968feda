import { bookOf } from '@usvideo/contracts/books';
import { LedgerRefusal } from '@usvideo/contracts/ledger';
import { refusalIn } from '@usvideo/contracts/names';
import type { WriterLane } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop, type Running } from '@usvideo/runtime';
import type { LedgerPort } from '../settlement/ledger.client';
import type { Closed, CloseSubmission } from './submission-closer.sql';
import type { UnfinishedSubmission, UnfinishedSubmissions } from './unfinished-submissions.sql';

export interface SubmissionUpkeepOptions {
  readonly closer: Pick<WriterLane<CloseSubmission, Closed>, 'submit'>;
  readonly submissions: UnfinishedSubmissions;
  readonly ledger: Pick<LedgerPort, 'voidHold'>;
  readonly logger: Logger;
  /** A submission older than this is nobody's any more; well above the time of the saga. */
  readonly staleMs?: number;
}

const VOID_TIMEOUT_MS = 5_000;
const SWEEP_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 10 * 60_000;

/** Ends what submissions left behind. It only voids and never places: a hold that nobody waits for is given back. */
export class SubmissionUpkeep implements Running {
  private readonly loops: Loop[] = [];
  private voids: Loop | undefined;

  constructor(private readonly options: SubmissionUpkeepOptions) {}

  start(): this {
    const { submissions, logger } = this.options;
    this.voids = startLoop({ name: 'hold-voids', everyMs: SWEEP_EVERY_MS, work: () => this.voidHolds(), logger });
    this.loops.push(
      this.voids,
      startLoop({ name: 'stale-submissions', everyMs: SWEEP_EVERY_MS, work: () => this.sweep(), logger }),
      startLoop({ name: 'old-submissions', everyMs: FORGET_EVERY_MS, work: () => submissions.forgetOld(), logger }),
    );
    return this;
  }

  /** A submission began to be voided. */
  nudge(): void {
    this.voids?.nudge();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  private async sweep(): Promise<void> {
    const stale = await this.options.submissions.olderThan(this.options.staleMs ?? 15_000);
    await Promise.all(stale.map(({ jobId }) => this.options.closer.submit({ type: 'Void', jobId, askLedger: true })));
    if (stale.length > 0) this.nudge();
  }

  private async voidHolds(): Promise<boolean> {
    const { submissions } = this.options;
    const voiding = await submissions.voiding();
    const acknowledged = await Promise.all(voiding.map((submission) => this.voidHold(submission)));
    const ids = (done: boolean) => voiding.filter((_, index) => acknowledged[index] === done).map(({ jobId }) => jobId);
    if (voiding.length > 0) await submissions.voided(ids(true));
    if (ids(false).length > 0) await submissions.defer(ids(false));
    return ids(true).length > 0;
  }

  private async voidHold({ accountId, environment, jobId }: UnfinishedSubmission): Promise<boolean> {
    try {
      const answer = await this.options.ledger.voidHold(
        { accountId: bookOf(accountId, environment), jobId },
        VOID_TIMEOUT_MS,
      );
      const refusal = refusalIn(LedgerRefusal, answer);
      if (refusal !== undefined)
        this.options.logger.error(
          { job_id: jobId, account_id: accountId, refusal },
          'the hold of a job that was never submitted cannot be voided',
        );
      return true;
    } catch (error) {
      this.options.logger.warn({ err: error, job_id: jobId }, 'a hold is not voided yet');
      return false;
    }
  }
}
