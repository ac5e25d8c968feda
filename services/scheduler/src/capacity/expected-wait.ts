import type { Backlog } from './backlog';
import { timeToGive, type Fleet } from './capacity';

/** What is known of one class when somebody asks how long it takes. */
export interface ClassLoad {
  /** Undefined where nothing waits. */
  readonly backlog: Backlog | undefined;
  readonly fleet: Fleet;
  /** GPU time really taken per expected GPU time. */
  readonly pace: number;
  /** Slots that the class could use at once: what renders, and what may of what waits. */
  readonly wantedSlots: number;
}

export interface Waiting {
  readonly accountId: string;
  readonly weight: number;
}

/** Until the fleet has given the account `ownMs` of work, and everybody else its share meanwhile. */
export function waitMs(
  { backlog, fleet, pace }: ClassLoad,
  { accountId, weight }: Waiting,
  ownMs: number,
): number | undefined {
  return timeToGive((backlog?.givenUntil(accountId, ownMs, weight) ?? ownMs) * pace, fleet);
}

/**
 * Until a slot comes to a job of `expectedMs` that stands behind `aheadMs` of its account's own work. Where there are slots for all that
 * may run, what waits is held by its own account's limit. Otherwise everybody who waits is taken to go on waiting, because while one
 * queue empties another fills: the account has its share by weight. The first slot to be free is, on average, half way to its end.
 */
export function startMs(
  { backlog, fleet, pace, wantedSlots }: ClassLoad,
  { accountId, weight }: Waiting,
  { aheadMs, expectedMs }: { readonly aheadMs: number; readonly expectedMs: number },
): number | undefined {
  const { healthySlots } = fleet;
  if (healthySlots > 0 && wantedSlots < healthySlots) return 0;
  const share = (backlog?.leadOf(accountId) ?? 0) + (aheadMs * pace) / weight;
  const start = timeToGive(share * (backlog?.weightWith(accountId, weight) ?? weight), fleet);
  if (start === undefined || healthySlots === 0) return start;
  return start + (expectedMs * pace) / 2 / healthySlots;
}
