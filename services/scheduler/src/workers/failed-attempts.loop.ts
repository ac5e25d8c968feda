import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop, type Running } from '@usvideo/runtime';
import type { StoredJob } from '../job/job-row';
import type { JobReport } from '../leasing/job-reports.sql';
import { noteFailures, type WorkerFailure } from './fleet.sql';

const WRITE_EVERY_MS = 1_000;
/** Of a message of an engine, which may be a whole stack. */
const MESSAGE_MAX = 500;

/** Keeps the last failure of each worker for operators to see. It is no part of the job: what cannot be written is written later, or lost. */
export class FailedAttempts implements Running {
  private newest = new Map<string, WorkerFailure>();
  private loop: Loop | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  start(): this {
    this.loop = startLoop({
      name: 'failed-attempts',
      everyMs: WRITE_EVERY_MS,
      work: () => this.write(),
      logger: this.logger,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  note(report: Extract<JobReport, { type: 'FailAttempt' | 'LoseLease' }>, { jobId, state }: StoredJob): void {
    const attempt = state.attempts.find(({ leaseId }) => leaseId === report.leaseId);
    if (attempt === undefined) return;
    const [errorCode, errorMessage] =
      report.type === 'FailAttempt' ? [report.errorCode, report.errorMessage] : [report.reason, ''];
    this.newest.set(attempt.workerId, {
      jobId,
      errorCode,
      errorMessage: errorMessage.slice(0, MESSAGE_MAX),
      failedAt: attempt.endedAt ?? attempt.startedAt,
    });
  }

  async write(): Promise<void> {
    const noted = this.newest;
    if (noted.size === 0) return;
    this.newest = new Map();
    try {
      await noteFailures(this.database, noted);
    } catch (error) {
      this.newest = new Map([...noted, ...this.newest]);
      throw error;
    }
  }
}
