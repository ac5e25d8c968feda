import { LedgerEvent } from '@usvideo/contracts/ledger';
import { JobEvent } from '@usvideo/contracts/scheduler';
import { SHARDS, type LoggedEvent, type LogReader } from '@usvideo/event-store';
import { Reconciliation } from './reconciliation';

export interface ReconciliationReport {
  readonly jobsChecked: bigint;
  readonly holdsChecked: bigint;
  readonly underWay: bigint;
  /** One sentence each, 1,000 at most. */
  readonly differences: string[];
}

const PAGE = 500;
const DIFFERENCES_MAX = 1_000;

/**
 * Reads what the scheduler and the ledger recorded and compares it, job by job. Both shard their events by account, so a job and
 * its money are in the same shard of the two logs.
 */
export async function reconcile(jobs: LogReader, ledger: LogReader, judgedBefore: Date): Promise<ReconciliationReport> {
  const report = { jobsChecked: 0n, holdsChecked: 0n, underWay: 0n, differences: [] as string[] };
  for (let shard = 0; shard < SHARDS; shard++) {
    const reconciliation = new Reconciliation(judgedBefore);
    const gaps = await readTogether(
      new ShardReader('usvideo.jobs.v1', jobs, shard, (event) => tellJob(reconciliation, event)),
      new ShardReader('usvideo.ledger.v1', ledger, shard, (event) => tellHold(reconciliation, event)),
    );
    const room = DIFFERENCES_MAX - report.differences.length;
    report.differences.push(...[...gaps, ...reconciliation.differences()].slice(0, room));
    report.jobsChecked += BigInt(reconciliation.jobsChecked);
    report.holdsChecked += BigInt(reconciliation.holdsChecked);
    report.underWay += BigInt(reconciliation.underWay);
  }
  return report;
}

/** The log that is behind is read first, so that the two halves of a job meet soon and little is remembered. */
async function readTogether(first: ShardReader, second: ShardReader): Promise<string[]> {
  while (!first.ended || !second.ended) {
    const behind = second.ended || (!first.ended && first.reached <= second.reached) ? first : second;
    await behind.readOn();
  }
  return [...first.gaps, ...second.gaps];
}

/** One shard of a log, a page at a time. An event that is missing shows as a hole in the sequence. */
class ShardReader {
  readonly gaps: string[] = [];
  reached = 0;
  ended = false;
  private seq = 0n;

  constructor(
    private readonly topic: string,
    private readonly log: LogReader,
    private readonly shard: number,
    private readonly tell: (event: LoggedEvent) => void,
  ) {}

  async readOn(): Promise<void> {
    const { events, more } = await this.log.page(new Map([[this.shard, this.seq]]), PAGE);
    for (const event of events) {
      if (event.seq !== this.seq + 1n)
        this.gaps.push(
          `${this.topic}, shard ${this.shard}: event ${event.seq} follows ${this.seq}, what was between them is missing`,
        );
      this.seq = event.seq;
      this.reached = event.recordedAt.getTime();
      this.tell(event);
    }
    this.ended = !more.has(this.shard);
  }
}

function tellJob(
  reconciliation: Reconciliation,
  { environment, streamId: jobId, recordedAt: at, payload }: LoggedEvent,
): void {
  const { event } = JobEvent.decode(payload);
  switch (event?.$case) {
    case 'jobSubmitted':
      return reconciliation.job({
        kind: 'submitted',
        jobId,
        at,
        environment,
        estimatedMicros: event.value.estimatedCostMicros,
      });
    case 'jobCompleted':
    case 'jobFailed':
    case 'jobCancelled': {
      const verdict = event.value.verdict ?? { chargedMicros: 0n, releasedMicros: 0n, rule: 'no verdict' };
      return reconciliation.job({ kind: 'ended', jobId, at, completed: event.$case === 'jobCompleted', verdict });
    }
    default:
      return undefined;
  }
}

function tellHold(reconciliation: Reconciliation, { recordedAt: at, payload }: LoggedEvent): void {
  const { event } = LedgerEvent.decode(payload);
  switch (event?.$case) {
    case 'holdPlaced':
      return reconciliation.hold({
        kind: 'placed',
        jobId: event.value.jobId,
        at,
        amountMicros: event.value.amountMicros,
      });
    case 'holdCaptured': {
      const { jobId, capturedMicros: chargedMicros, releasedMicros, rule } = event.value;
      return reconciliation.hold({ kind: 'posted', jobId, at, posting: { chargedMicros, releasedMicros, rule } });
    }
    case 'holdReleased': {
      const { jobId, releasedMicros, rule } = event.value;
      return reconciliation.hold({ kind: 'posted', jobId, at, posting: { chargedMicros: 0n, releasedMicros, rule } });
    }
    default:
      return undefined;
  }
}
