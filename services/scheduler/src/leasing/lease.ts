/** Leases per transaction at most, so that no claim holds its locks for long. */
export const CLAIM_MAX = 100;

export interface LeaseSettings {
  /** How long a lease lives after a heartbeat. */
  readonly leaseMs: number;
  /** The longest a render may take from its start, heartbeats or not. */
  readonly renderTimeoutMs: number;
}

/** Three heartbeats fit in a lease, so that two may be lost. */
export function heartbeatMs(settings: LeaseSettings): number {
  return Math.floor(settings.leaseMs / 3);
}

export function leaseUntil(now: Date, settings: LeaseSettings): Date {
  return new Date(now.getTime() + settings.leaseMs);
}

export function renderDeadlineAt(startedAt: Date, settings: LeaseSettings): Date {
  return new Date(startedAt.getTime() + settings.renderTimeoutMs);
}
