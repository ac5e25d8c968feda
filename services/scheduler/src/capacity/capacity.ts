/** What renders one class of jobs. */
export interface Fleet {
  /** Slots of the workers that are here. */
  readonly healthySlots: number;
  /** Slots that the operator declares to be here once the fleet has grown; 0: nothing is declared. */
  readonly declaredSlots: number;
  /** How long growing takes. */
  readonly coldStartMs: number;
}

/**
 * How long the fleet takes to give this much GPU time: what is here works at once, what is declared joins after the cold
 * start. Undefined when no slot is here and none is declared: nobody can tell then, and it is no reason to refuse.
 */
export function timeToGive(gpuMs: number, { healthySlots, declaredSlots, coldStartMs }: Fleet): number | undefined {
  if (Math.max(healthySlots, declaredSlots) <= 0) return undefined;
  if (declaredSlots <= healthySlots) return gpuMs / healthySlots;
  const whileStarting = healthySlots * coldStartMs;
  return healthySlots > 0 && gpuMs <= whileStarting
    ? gpuMs / healthySlots
    : coldStartMs + (gpuMs - whileStarting) / declaredSlots;
}

/** Refusing begins above the bound and ends at this share of it, so that a wait around the bound does not flicker. */
const RESUME_AT = 0.8;
const RETRY_MS_MIN = 1_000;
/** Nobody plans further ahead than a day. */
const RETRY_MS_MAX = 86_400_000;

/** @param refusing whether the account was refused when it was last looked at. A bound of 0 refuses nobody. */
export function refusesWait(waitMs: number | undefined, boundMs: number, refusing: boolean): boolean {
  if (boundMs === 0 || waitMs === undefined) return false;
  return waitMs > (refusing ? RESUME_AT * boundMs : boundMs);
}

/** When refusing ends if nothing is added: a wait shrinks by a second each second. */
export function retryAfterWait(waitMs: number, boundMs: number): number {
  return Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, Math.ceil(waitMs - RESUME_AT * boundMs)));
}
