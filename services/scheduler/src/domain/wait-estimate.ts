/** What one account has waiting, in GPU milliseconds. */
export interface Waiting {
  readonly gpuMs: number;
  readonly weight: number;
}

/**
 * How long the last job of `own` waits on `slots` slots under fair sharing: until its own queue is done every other account
 * gets service in proportion to its weight, but not more than it asks for: Σⱼ min(Qⱼ, Qᵢ·wⱼ/wᵢ) / capacity.
 */
export function waitMs(own: Waiting, others: readonly Waiting[], slots: number): number {
  const served = others.reduce((sum, other) => sum + Math.min(other.gpuMs, own.gpuMs * other.weight / own.weight), own.gpuMs);
  return served / slots;
}

/** The concurrency limit of the account can be what it waits for, however large the fleet is. */
export function estimatedWaitMs(own: Waiting, others: readonly Waiting[], slots: number, concurrencyLimit: number): number {
  return Math.max(waitMs(own, others, slots), own.gpuMs / concurrencyLimit);
}
