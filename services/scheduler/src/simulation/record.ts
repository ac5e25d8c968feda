import type { ClassAccount } from './fair-class';
import { Durations, jainIndex } from './figures';
import type { SimulatedJob } from './simulated-job';
import type { Tier } from './tenants';

export type Group = Tier | 'all' | `${Tier}, while the burst waits`;
export type Refusal = 'rate_limit_exceeded' | 'queue_limit_exceeded' | 'capacity_exhausted';
export type Failure = 'engine_error' | 'deadline_exceeded';

/** Accounts are compared over so long: some ten jobs on each of an account's slots. */
export const WINDOW_MS = 600_000;
/** What an estimate may be off. */
const ETA_TOLERANCE = 0.3;
/** Below it a job as good as does not wait. */
const WAITED_MS = 10_000;

/** Counts what happens, as it happens. */
export class SimulationRecord {
  readonly waits = new Map<Group, Durations>();
  readonly refused = new Map<Refusal, number>();
  readonly failed = new Map<Failure, number>();
  submitted = 0;
  completed = 0;
  lostAttempts = 0;
  handedBack = 0;
  /** GPU time of completed jobs. */
  productiveMs = 0;
  overLimit = 0;
  queuedMax = 0;
  private readonly etas = { all: { told: 0, kept: 0 }, waited: { told: 0, kept: 0 } };
  private readonly given = new Map<string, number>();
  private jainSum = 0;
  private worstShare = 0;
  windows = 0;

  leased(
    job: SimulatedJob,
    now: number,
    renderMs: number,
    account: Pick<ClassAccount<SimulatedJob>, 'running' | 'concurrentJobs'>,
  ): void {
    if (account.running > account.concurrentJobs) this.overLimit += 1;
    this.given.set(job.tenant.accountId, (this.given.get(job.tenant.accountId) ?? 0) + renderMs);
    if (job.startedAt !== undefined) return;
    const wait = now - job.submittedAt;
    const { tier } = job.tenant;
    const groups: Group[] = ['all', tier];
    if (job.besideBurst && tier !== 'burst') groups.push(`${tier}, while the burst waits`);
    for (const group of groups) this.waitsOf(group).add(wait);
  }

  ended(job: SimulatedJob, now: number, renderedMs: number): void {
    this.completed += 1;
    this.productiveMs += renderedMs;
    if (job.etaMs === undefined) return;
    const took = now - job.submittedAt;
    const kept = Math.abs(job.etaMs - took) <= ETA_TOLERANCE * took;
    const told = [this.etas.all, ...(job.startedAt! - job.submittedAt > WAITED_MS ? [this.etas.waited] : [])];
    for (const each of told) {
      each.told += 1;
      if (kept) each.kept += 1;
    }
  }

  refuse(refusal: Refusal): void {
    this.refused.set(refusal, (this.refused.get(refusal) ?? 0) + 1);
  }

  fail(failure: Failure): void {
    this.failed.set(failure, (this.failed.get(failure) ?? 0) + 1);
  }

  /** @param waitedThroughout accounts that had work waiting all through the window that ends. */
  endWindow(waitedThroughout: readonly { readonly accountId: string; readonly weight: number }[]): void {
    const shares = waitedThroughout.map(({ accountId, weight }) => (this.given.get(accountId) ?? 0) / weight);
    this.given.clear();
    const jain = jainIndex(shares);
    if (jain === undefined) return;
    this.windows += 1;
    this.jainSum += jain;
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    this.worstShare = Math.max(this.worstShare, ...shares.map((share) => Math.abs(share / mean - 1)));
  }

  get jain(): number | undefined {
    return this.windows === 0 ? undefined : this.jainSum / this.windows;
  }

  /** By how much of the mean the share of an account was off, at worst. */
  get shareError(): number {
    return this.worstShare;
  }

  etaKept(of: 'all' | 'waited'): number | undefined {
    const { told, kept } = this.etas[of];
    return told === 0 ? undefined : kept / told;
  }

  waitsOf(group: Group): Durations {
    const known = this.waits.get(group);
    if (known !== undefined) return known;
    const durations = new Durations();
    this.waits.set(group, durations);
    return durations;
  }
}
