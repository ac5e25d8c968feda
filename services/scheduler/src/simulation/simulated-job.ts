import type { FreeWorker, WaitingJob } from '../limits/virtual-time';
import type { Ordered } from './job-line';
import type { Tenant } from './tenants';

export interface SimulatedJob extends WaitingJob, Ordered {
  readonly tenant: Tenant;
  readonly submittedAt: number;
  /** Whether another account's burst waited when it came. */
  readonly besideBurst: boolean;
  /** What it was told, of the jobs that are asked. */
  readonly etaMs: number | undefined;
  counted: number;
  startedAt: number | undefined;
}

export interface Gpu extends FreeWorker {
  up: boolean;
  attempt: Attempt | undefined;
  /** In the list of free ones; -1: not there. */
  place: number;
}

export interface Attempt {
  readonly job: SimulatedJob;
  readonly gpu: Gpu;
  readonly startedAt: number;
}
