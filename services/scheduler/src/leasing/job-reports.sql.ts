import type { Artifact } from '@usvideo/contracts/scheduler';
import { WriterLanes, type Database, type Transaction } from '@usvideo/event-store';
import { isEnded, type JobCommand, type JobFact, type JobRefusal } from '../job/job';
import type { LeaseSettings } from './lease';
import { graceIsOver } from './lease-grace.sql';
import { moveJobs } from './job-moves.sql';
import type { StoredJob } from '../job/job-row';
import { decideJob, lockJobs } from '../job/job-writer.sql';

/** What a worker, or a clock, says about the attempt of a job. */
export type JobReport = { readonly jobId: string } & (
  | { readonly type: 'StartRendering'; readonly leaseId: string; readonly aspectRatio: string }
  | { readonly type: 'Complete'; readonly leaseId: string; readonly artifact: Artifact }
  | {
      readonly type: 'FailAttempt';
      readonly leaseId: string;
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly retryable: boolean;
    }
  | { readonly type: 'HandBack'; readonly leaseId: string }
  /** Takes effect only if the lease has lapsed by the clock of the database, seen under the lock of its row. */
  | { readonly type: 'LoseLease'; readonly leaseId: string; readonly reason: 'lease_expired' | 'render_timeout' }
  | { readonly type: 'ExpireDeadline' }
);

export interface ReportOutcome {
  /** Empty, or why the report changed nothing. */
  readonly refusal: JobRefusal | '';
  /** The job after the report; undefined when there is no such job. */
  readonly job?: StoredJob;
  readonly changed: boolean;
  /** Whether this report ended the job. */
  readonly ended: boolean;
}

export type ChangingOutcome = ReportOutcome & { readonly job: StoredJob };

export interface JobReportsOptions {
  readonly database: Database;
  readonly settings: LeaseSettings;
  /** Called after the commit, once for each report that changed its job. */
  readonly onChanged: (report: JobReport, outcome: ChangingOutcome) => void;
  readonly onCommitted: () => void;
  readonly lanes?: number;
}

const LOCK_LAPSED = `
select q.job_id from job_queue q
join unnest($1::text[], $2::text[]) as n (job_id, lease_id) on n.job_id = q.job_id and n.lease_id = q.lease_id
where q.state = 'leased' and ((q.lease_until <= $3 and ${graceIsOver('$3')}) or q.render_deadline_at <= $3)
order by q.job_id
for update of q`;

/** Writes what is reported about attempts; reports that arrive together are committed together. */
export class JobReports {
  private readonly lanes: WriterLanes<JobReport, ReportOutcome>;

  constructor(private readonly options: JobReportsOptions) {
    this.lanes = new WriterLanes({
      database: options.database,
      lanes: options.lanes ?? 2,
      onCommitted: options.onCommitted,
      apply: async (tx, opening, reports) => applyReports(tx, await opening, reports, options.settings),
      keyOf: ({ jobId }) => jobId,
    });
  }

  async submit(report: JobReport): Promise<ReportOutcome> {
    const outcome = await this.lanes.submit(report);
    if (outcome.changed && outcome.job) this.options.onChanged(report, { ...outcome, job: outcome.job });
    return outcome;
  }

  settled(): Promise<void> {
    return this.lanes.settled();
  }
}

interface Touched {
  readonly before: StoredJob;
  current: StoredJob;
  readonly facts: JobFact[];
}

async function applyReports(
  tx: Transaction,
  now: Date,
  reports: readonly JobReport[],
  settings: LeaseSettings,
): Promise<ReportOutcome[]> {
  const locked = await lockJobs(tx, [...new Set(reports.map((report) => report.jobId))]);
  const lapsed = await lockLapsed(tx, now, reports);
  const touched = new Map<string, Touched>(
    [...locked].map(([jobId, job]) => [jobId, { before: job, current: job, facts: [] }]),
  );
  const outcomes = reports.map((report) => applyReport(report, now, touched.get(report.jobId), lapsed));
  const changed = [...touched.values()].filter(({ facts }) => facts.length > 0);
  const written = await moveJobs(
    tx,
    now,
    changed.map(({ before, facts }) => ({ job: before, facts })),
    settings,
  );
  const after = new Map(written.map((job) => [job.jobId, job]));
  return outcomes.map((outcome): ReportOutcome =>
    outcome.job ? { ...outcome, job: after.get(outcome.job.jobId) ?? outcome.job } : outcome,
  );
}

async function lockLapsed(tx: Transaction, now: Date, reports: readonly JobReport[]): Promise<Set<string>> {
  const leases = reports.flatMap((report) => (report.type === 'LoseLease' ? [report] : []));
  if (leases.length === 0) return new Set();
  const { rows } = await tx.query<{ job_id: string }>({
    name: 'lease_lock_lapsed',
    text: LOCK_LAPSED,
    values: [leases.map((lease) => lease.jobId), leases.map((lease) => lease.leaseId), now],
  });
  return new Set(rows.map((row) => row.job_id));
}

function applyReport(
  report: JobReport,
  now: Date,
  touched: Touched | undefined,
  lapsed: ReadonlySet<string>,
): ReportOutcome {
  if (touched === undefined) return { refusal: 'lease_lost', changed: false, ended: false };
  if (report.type === 'LoseLease' && !lapsed.has(report.jobId))
    return { refusal: 'lease_alive', job: touched.current, changed: false, ended: false };
  const decided = decideJob(touched.current, { ...report, now } satisfies JobCommand);
  if (!decided.accepted) return { refusal: decided.refusal, job: touched.current, changed: false, ended: false };
  const ended = isEnded(decided.after.state) && !isEnded(touched.current.state);
  touched.current = decided.after;
  touched.facts.push(...decided.facts);
  return { refusal: refusalIn(report, decided.facts), job: touched.current, changed: decided.facts.length > 0, ended };
}

/** A fact may be recorded and the report refused all the same: a stale outcome, or a start that came after the deadline. */
function refusalIn(report: JobReport, facts: readonly JobFact[]): JobRefusal | '' {
  if (facts.some((fact) => fact.$case === 'staleOutcomeRecorded')) return 'lease_lost';
  if (report.type === 'StartRendering' && facts.some((fact) => fact.$case === 'jobFailed')) return 'job_ended';
  return '';
}
