import { WriterLane, type Database } from '@usvideo/event-store';
import type { Logger, Running } from '@usvideo/runtime';
import type { SchedulerConfig } from '../config';
import type { DispatchWake } from '../dispatch/dispatch-wake.sql';
import type { JobViews } from '../views/job-views.sql';
import type { LedgerPort } from '../settlement/ledger.client';
import { closeSubmissions, type Closed, type CloseSubmission } from './submission-closer.sql';
import { SubmissionOpener, type Opened, type OpenSubmission } from './submission-opener.sql';
import { UnfinishedSubmissions } from './unfinished-submissions.sql';
import { Authorization } from './authorization.saga';
import { SubmissionSaga } from './submission.saga';
import { IdempotentReplay } from './idempotent-replay.service';
import type { FleetEstimate } from '../capacity/fleet-estimate.loop';
import type { JobRenderer } from '../views/job-renderer.service';
import { SubmissionUpkeep } from './submission-sweeper.loop';

export interface SubmissionsOptions {
  readonly config: Pick<SchedulerConfig, 'MODELS'>;
  readonly database: Database;
  readonly ledger: LedgerPort;
  readonly views: JobViews;
  readonly renderer: JobRenderer;
  readonly estimate: Pick<FleetEstimate, 'refusesFor' | 'etaSeconds'>;
  readonly wake: Pick<DispatchWake, 'wake'>;
  readonly onCommitted: () => void;
  readonly logger: Logger;
  readonly times?: { readonly sagaMs?: number; readonly duplicateMs?: number; readonly staleMs?: number };
}

/** A void knows its job only. */
function keyOfClosing(command: CloseSubmission): string {
  return command.type === 'Submit' ? command.submission.accountId : command.jobId;
}

/**
 * Puts the saga together: its two lanes, the ledger between them, and the upkeep of what it leaves unfinished. One lane for both
 * was measured and gains nothing: the creates of a moment go through the lanes as one cohort, so it makes as many transactions,
 * and it would keep admission rows locked while events are written.
 */
export function startSubmissions(
  options: SubmissionsOptions,
): Running & { readonly creation: SubmissionSaga; readonly upkeep: SubmissionUpkeep } {
  const { config, database, ledger, views, renderer, estimate, wake, onCommitted, logger, times = {} } = options;
  const opening = new SubmissionOpener();
  const opener = new WriterLane<OpenSubmission, Opened>({
    database,
    keyOf: ({ accountId }) => accountId,
    apply: (tx, now, commands) => opening.apply(tx, now, commands),
  });
  const closer = new WriterLane<CloseSubmission, Closed>({
    database,
    keyOf: keyOfClosing,
    apply: async (tx, now, commands) => closeSubmissions(tx, await now, commands),
    onCommitted,
  });
  const submissions = new UnfinishedSubmissions(database);
  const upkeep = new SubmissionUpkeep({ closer, submissions, ledger, logger, staleMs: times.staleMs }).start();
  const creation = new SubmissionSaga({
    opener,
    closer,
    views,
    renderer,
    estimate,
    logger,
    models: config.MODELS,
    sagaMs: times.sagaMs,
    authorization: new Authorization(ledger, logger),
    replays: new IdempotentReplay({
      views,
      renderer,
      stateOf: (jobId) => submissions.stateOf(jobId),
      waitMs: times.duplicateMs,
    }),
    onSubmitted: (queue) => wake.wake(queue),
    onVoiding: () => upkeep.nudge(),
  });
  const stop = async () => {
    await upkeep.stop();
    await Promise.all([opener.settled(), closer.settled()]);
  };
  return { creation, upkeep, stop };
}
