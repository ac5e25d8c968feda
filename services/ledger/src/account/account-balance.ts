import type { AccountAmounts, MonthlyCap, Movements, OpenHold } from '@usvideo/contracts/ledger';
import { capsListed, holdsListed, LIST_BYTES_MAX } from './closing-lists';
import { changeIn, type AccountEvent } from './postings';

/** The UTC month of an account's last event: what it began with and what moved in it. */
export interface Period {
  /** `YYYY-MM`; empty before the first event. */
  readonly month: string;
  readonly firstVersion: bigint;
  readonly opening: AccountAmounts;
  readonly movements: Movements;
}

/** Where an account stands after its last event; what its row holds. */
export interface AccountBalance extends AccountAmounts {
  readonly accountId: string;
  readonly version: bigint;
  /** Undefined before the first event. Never goes back, whatever the clocks of two transactions say. */
  readonly lastRecordedAt: Date | undefined;
  /** Charged less refunded. */
  readonly totalSpendMicros: bigint;
  readonly period: Period;
  readonly capMicros: bigint | undefined;
  readonly thresholdMicros: bigint;
}

export interface CurrentPeriod {
  readonly start: Date;
  /** Exclusive. */
  readonly end: Date;
  readonly spendMicros: bigint;
  readonly jobs: bigint;
}

const NOTHING: AccountAmounts = { availableMicros: 0n, heldMicros: 0n, receivableMicros: 0n };
export const NO_MOVEMENTS: Movements = {
  addedMicros: 0n,
  chargedMicros: 0n,
  refundedMicros: 0n,
  reversedMicros: 0n,
  adjustedMicros: 0n,
  chargedJobs: 0n,
};

export function newBalance(accountId: string): AccountBalance {
  return {
    accountId,
    version: 0n,
    lastRecordedAt: undefined,
    ...NOTHING,
    totalSpendMicros: 0n,
    period: { month: '', firstVersion: 0n, opening: NOTHING, movements: NO_MOVEMENTS },
    capMicros: undefined,
    thresholdMicros: 0n,
  };
}

/** The account after one more event. */
export function advance(before: AccountBalance, event: AccountEvent, recordedAt: Date): AccountBalance {
  return {
    ...before,
    version: before.version + 1n,
    lastRecordedAt: recordedAt,
    availableMicros: before.availableMicros + changeIn('available', event),
    heldMicros: before.heldMicros + changeIn('held', event),
    receivableMicros: before.receivableMicros - changeIn('receivable', event),
    totalSpendMicros: before.totalSpendMicros + changeIn('revenue', event),
    period: periodAfter(before, event, recordedAt),
    capMicros:
      event.$case === 'spendCapSet' && event.value.apiKeyId === '' ? event.value.limitMicros : before.capMicros,
    thresholdMicros: event.$case === 'lowBalanceThresholdSet' ? event.value.thresholdMicros : before.thresholdMicros,
  };
}

function periodAfter(before: AccountBalance, event: AccountEvent, recordedAt: Date): Period {
  const firstVersion = before.version + 1n;
  if (event.$case === 'periodClosed')
    return { month: monthOf(recordedAt), firstVersion, opening: amountsOf(before), movements: NO_MOVEMENTS };
  const { period } = before;
  const opened = period.month === '' ? { ...period, month: monthOf(recordedAt), firstVersion } : period;
  return { ...opened, movements: movementsAfter(opened.movements, event) };
}

function movementsAfter(before: Movements, event: AccountEvent): Movements {
  switch (event.$case) {
    case 'fundsAdded':
      return { ...before, addedMicros: before.addedMicros + event.value.amountMicros };
    case 'holdCaptured':
      return {
        ...before,
        chargedMicros: before.chargedMicros + event.value.capturedMicros,
        chargedJobs: before.chargedJobs + 1n,
      };
    case 'captureRefunded':
      return { ...before, refundedMicros: before.refundedMicros + event.value.amountMicros };
    case 'fundsReversed':
      return { ...before, reversedMicros: before.reversedMicros + event.value.amountMicros };
    case 'adjustmentMade':
      return { ...before, adjustedMicros: before.adjustedMicros + event.value.amountMicros };
    default:
      return before;
  }
}

/**
 * What has to be recorded before an event of the moment `at`: the end of an earlier month, with all that the account holds.
 * @param listBytesMax of each list in it; what does not fit is digested
 */
export function closingOf(
  balance: AccountBalance,
  openHolds: readonly OpenHold[],
  keyCaps: readonly MonthlyCap[],
  at: Date,
  listBytesMax = LIST_BYTES_MAX,
): AccountEvent | undefined {
  const { period } = balance;
  if (period.month === '' || period.month >= monthOf(at)) return undefined;
  const accountCap = balance.capMicros === undefined ? [] : [{ apiKeyId: '', limitMicros: balance.capMicros }];
  return {
    $case: 'periodClosed',
    value: {
      period: period.month,
      firstVersion: period.firstVersion,
      lastVersion: balance.version,
      opening: period.opening,
      movements: period.movements,
      closing: amountsOf(balance),
      totalSpendMicros: balance.totalSpendMicros,
      lowBalanceThresholdMicros: balance.thresholdMicros,
      ...holdsListed(openHolds, listBytesMax),
      ...capsListed([...accountCap, ...keyCaps], listBytesMax),
    },
  };
}

/** Recording goes on where the account is, even if this transaction's clock is behind the last one's. */
export function recordingTime(balance: AccountBalance, now: Date): Date {
  return balance.lastRecordedAt !== undefined && balance.lastRecordedAt > now ? balance.lastRecordedAt : now;
}

/** A month without an event begins by itself: nothing has to run at midnight. */
export function currentPeriod(balance: AccountBalance, now: Date): CurrentPeriod {
  const { start, end } = monthBounds(monthOf(now));
  const { movements, month } = balance.period;
  return month === monthOf(now)
    ? { start, end, spendMicros: spendIn(movements), jobs: movements.chargedJobs }
    : { start, end, spendMicros: 0n, jobs: 0n };
}

/** What counts as spent: refunds count in the month in which they are made. */
export function spendIn(movements: Movements): bigint {
  return movements.chargedMicros - movements.refundedMicros;
}

export function amountsOf({ availableMicros, heldMicros, receivableMicros }: AccountAmounts): AccountAmounts {
  return { availableMicros, heldMicros, receivableMicros };
}

/** The one number of an account: what it could take home if nothing in flight were charged. */
export function netOf({ availableMicros, heldMicros, receivableMicros }: AccountAmounts): bigint {
  return availableMicros + heldMicros - receivableMicros;
}

/** The UTC day as `YYYY-MM-DD`: the day a charge is billed on. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

let lastMonth = { atMs: 0, month: '1970-01' };

/** The UTC month as `YYYY-MM`. Remembers its last answer, because a batch asks for one moment thousands of times. */
export function monthOf(at: Date): string {
  const atMs = at.getTime();
  if (atMs !== lastMonth.atMs) lastMonth = { atMs, month: at.toISOString().slice(0, 7) };
  return lastMonth.month;
}

export function monthBounds(month: string): { start: Date; end: Date } {
  const start = new Date(`${month}-01T00:00:00Z`);
  return { start, end: new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)) };
}
