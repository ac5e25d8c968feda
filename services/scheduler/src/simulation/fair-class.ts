import {
  assignFairly,
  charge,
  clocksAfter,
  notBefore,
  weightOf,
  type Assignment,
  type FreeWorker,
  type WaitingJob,
} from '../limits/virtual-time';
import { Heap, type Placed } from './heap';
import { JobLine, type Ordered } from './job-line';

export type LineJob = WaitingJob & Ordered;

/** What `account_slot` and `account_class` say of one account. */
export interface ClassAccount<Job extends LineJob> {
  readonly accountId: string;
  readonly concurrentJobs: number;
  readonly weight: number;
  readonly running: number;
  readonly virtualTime: number;
  readonly line: Pick<JobLine<Job>, 'length'>;
  /** Expected GPU time of the line. */
  readonly queuedMs: number;
}

interface Account<Job extends LineJob> extends ClassAccount<Job>, Placed {
  concurrentJobs: number;
  weight: number;
  running: number;
  virtualTime: number;
  active: boolean;
  queuedMs: number;
  readonly line: JobLine<Job>;
}

export interface ClassClaim<Job extends LineJob> {
  readonly given: readonly { readonly accountId: string; readonly job: Job; readonly worker: FreeWorker }[];
  /** Whether there may be more to give at once. */
  readonly more: boolean;
}

/**
 * What dispatch does with one class of jobs, in memory and for millions of jobs: the twin of the statements in `claim.sql`,
 * `job-moves.sql`, `dispatch-wake.sql` and `queue-activity.sql`, around the same assignment and the same clock. That both give the
 * same jobs and come to the same virtual times is tested in `fair-class.int.spec`.
 */
export class FairClass<Job extends LineJob> {
  private readonly all = new Map<string, Account<Job>>();
  /** Active, with room, by virtual time. */
  private readonly ready = new Heap<Account<Job>>(
    (a, b) => a.virtualTime < b.virtualTime || (a.virtualTime === b.virtualTime && a.accountId < b.accountId),
  );
  private clock = 0;
  private waitingJobs = 0;

  constructor(
    private readonly jobClass: string,
    /** Leases of one claim at most. */
    private readonly claimMax: number,
  ) {}

  /** Jobs in all lines. */
  get waiting(): number {
    return this.waitingJobs;
  }

  /** Whether an account with room is awake. */
  get eligible(): boolean {
    return this.ready.size > 0;
  }

  accounts(): IterableIterator<ClassAccount<Job>> {
    return this.all.values();
  }

  account(accountId: string): ClassAccount<Job> {
    return this.known(accountId);
  }

  addAccount(accountId: string, concurrentJobs: number): void {
    this.all.set(accountId, {
      accountId,
      concurrentJobs,
      weight: weightOf(concurrentJobs),
      running: 0,
      virtualTime: 0,
      active: false,
      queuedMs: 0,
      line: new JobLine(),
      place: -1,
    });
  }

  /** Binds the next claim; what runs above a lower limit ends by itself. */
  setLimit(accountId: string, concurrentJobs: number): void {
    const account = this.known(accountId);
    this.ready.remove(account);
    Object.assign(account, { concurrentJobs, weight: weightOf(concurrentJobs) });
    this.stand(account);
  }

  submit(accountId: string, job: Job): void {
    const account = this.known(accountId);
    account.line.add(job);
    this.joined(account, job);
  }

  /** One claim: as many of the least served accounts as there are slots, then their jobs. */
  claim(workers: readonly FreeWorker[]): ClassClaim<Job> {
    const slots = Math.min(
      this.claimMax,
      workers.reduce((sum, worker) => sum + worker.freeSlots, 0),
    );
    const locked: Account<Job>[] = [];
    while (locked.length < slots && this.ready.size > 0) locked.push(this.ready.pop()!);
    const contenders = locked.map((account) => ({
      accountId: account.accountId,
      environment: 'live',
      jobClass: this.jobClass,
      virtualTime: account.virtualTime,
      weight: account.weight,
      room: account.concurrentJobs - account.running,
      jobs: account.line.first(Math.min(slots, account.concurrentJobs - account.running)),
    }));
    const chosen = assignFairly(contenders, workers).slice(0, this.claimMax);
    const emptied = locked.filter((account) => account.line.length === 0);
    for (const account of emptied) account.active = false;
    this.lease(chosen);
    for (const account of locked) this.stand(account);
    return {
      given: chosen.map(({ contender, job, worker }) => ({ accountId: contender.accountId, job, worker })),
      more: emptied.length > 0 || (slots > 0 && chosen.length >= slots),
    };
  }

  /** @param actualMs that the job rendered; 0 where it did not come to it. */
  ended(accountId: string, job: Job, actualMs: number): void {
    const account = this.known(accountId);
    this.ready.remove(account);
    account.running -= 1;
    account.virtualTime += charge(actualMs - job.expectedGpuMs, account.weight);
    this.stand(account);
  }

  /** A lost or handed back attempt was no service to the account. */
  requeued(accountId: string, job: Job): void {
    this.ended(accountId, job, 0);
    const account = this.known(accountId);
    account.line.putBack(job);
    this.joined(account, job);
  }

  private lease(chosen: readonly Assignment<Job>[]): void {
    for (const { contender, job } of chosen) {
      const account = this.known(contender.accountId);
      account.line.take();
      account.running += 1;
      account.queuedMs -= job.expectedGpuMs;
      this.waitingJobs -= 1;
    }
    // As in the database a claim charges an account once, for all jobs that it was given.
    for (const [accountId, jobs] of Map.groupBy(chosen, ({ contender }) => contender.accountId)) {
      const account = this.known(accountId);
      const gpuMs = jobs.reduce((sum, { job }) => sum + job.expectedGpuMs, 0);
      account.virtualTime = notBefore(this.clock, account.virtualTime) + charge(gpuMs, account.weight);
    }
    const served = chosen.map(({ contender, worker }) => ({ virtualTime: contender.virtualTime, worker }));
    this.clock = notBefore(this.clock, clocksAfter(served).get(this.jobClass) ?? 0);
  }

  private joined(account: Account<Job>, job: Job): void {
    account.queuedMs += job.expectedGpuMs;
    this.waitingJobs += 1;
    if (account.active) return;
    account.active = true;
    account.virtualTime = notBefore(this.clock, account.virtualTime);
    this.stand(account);
  }

  private stand(account: Account<Job>): void {
    if (account.place < 0 && account.active && account.running < account.concurrentJobs) this.ready.push(account);
  }

  private known(accountId: string): Account<Job> {
    const account = this.all.get(accountId);
    if (account === undefined) throw new Error(`the account ${accountId} was not added`);
    return account;
  }
}
