import { LedgerEvent } from '@usvideo/contracts/ledger';
import { account } from '../account/account';
import { LIST_BYTES_MAX } from '../account/closing-lists';
import { NO_CAP, type AccountState, type Hold, type Payment } from '../account/account-state';
import { countsForKey, keyCapAfter } from '../account/batch';
import type { KeyCap } from '../account/account-state';
import { jobIdOf, movesMoney, type AccountEvent } from '../account/postings';
import { isInBook, type PriceRow } from '../prices/price';
import { addUsageDay, refundDayOf, statementOf, usageDayOf, usageOf, type UsageDayRow } from '../account/rows';
import { advance, closingOf, dayOf, monthOf, newBalance, type AccountBalance } from '../account/account-balance';
import {
  accountRow,
  entryRow,
  holdRow,
  keyCapRow,
  naturalKeyRow,
  paymentRow,
  refundedRows,
  statementRow,
  usageDayRow,
  usageRow,
  type ExpectedRow,
} from './verifier-expected';

export interface FoldedEvent {
  readonly version: bigint;
  readonly hash: Buffer;
  readonly recordedAt: Date;
  readonly event: AccountEvent;
}

interface OpenHold {
  readonly hold: Hold;
  readonly placedAt: Date;
}

/**
 * Folds one account's events in order and names the rows that must exist because of them. It remembers what is open and what is
 * summed up (holds, payments, refunded jobs, keys, days), never a row per job that ended, so that a long history fits in memory.
 */
export class AccountFold {
  readonly faults: string[] = [];
  private balance: AccountBalance;
  private hash: Buffer = Buffer.alloc(32);
  private readonly open = new Map<string, OpenHold>();
  private readonly payments = new Map<string, Payment>();
  private readonly refunded = new Map<string, bigint>();
  private readonly days = new Map<string, UsageDayRow>();
  private readonly keys = new Map<string, KeyCap>();
  private readonly capped = new Set<string>();

  /** @param prices all prices that ever were: what was held must be explained by them */
  constructor(
    readonly accountId: string,
    private readonly prices: readonly PriceRow[],
  ) {
    this.balance = newBalance(accountId);
  }

  add({ event, version, recordedAt, hash }: FoldedEvent): ExpectedRow[] {
    this.checkOrder(event, version, recordedAt);
    this.checkHold(event, version);
    if (event.$case === 'holdPlaced' && !isInBook(this.prices, event.value, recordedAt))
      this.fault(`the price of ${event.value.jobId} at version ${version} is not that of the book`);
    const { hold } = account.evolve(this.stateFor(event), event);
    this.balance = advance(this.balance, event, recordedAt);
    this.hash = hash;
    const { availableMicros, heldMicros, receivableMicros } = this.balance;
    if (availableMicros < 0n || heldMicros < 0n || receivableMicros < 0n)
      this.fault(`the balance is negative at version ${version}`);
    if (availableMicros > 0n && receivableMicros > 0n)
      this.fault(`it owes at version ${version} although it could pay`);
    this.countForKey(event, hold, recordedAt);
    const entry = movesMoney(event) ? [entryRow(this.balance, jobIdOf(event))] : [];
    return [...entry, ...this.rowsOf(event, hold, recordedAt)];
  }

  /** The account's own row and all that is summed up, once its last event was added. */
  end(): ExpectedRow[] {
    const { accountId } = this;
    return [
      ...[...this.open].map(([jobId, { hold, placedAt }]) => holdRow(jobId, hold, placedAt, null)),
      ...[...this.payments].map(([paymentRef, payment]) => paymentRow(accountId, paymentRef, payment)),
      ...[...this.refunded].flatMap(([jobId, micros]) => refundedRows(jobId, micros)),
      ...[...this.days.values()].map(usageDayRow),
      ...[...this.capped].map((apiKeyId) => keyCapRow(this.keyOf(apiKeyId))),
      accountRow(this.balance, this.hash),
    ];
  }

  private stateFor(event: AccountEvent): AccountState {
    const { availableMicros, heldMicros, receivableMicros, thresholdMicros } = this.balance;
    return {
      accountId: this.accountId,
      availableMicros,
      heldMicros,
      receivableMicros,
      thresholdMicros,
      accountCap: NO_CAP,
      keyCap: NO_CAP,
      hold: this.open.get(jobIdOf(event))?.hold,
      payment: undefined,
      reversal: undefined,
      done: undefined,
    };
  }

  private checkOrder(event: AccountEvent, version: bigint, recordedAt: Date): void {
    const { balance } = this;
    if (version !== balance.version + 1n) this.fault(`version ${version} follows version ${balance.version}`);
    if (balance.lastRecordedAt !== undefined && recordedAt < balance.lastRecordedAt)
      this.fault(`version ${version} was recorded before the one before it`);
    if (event.$case === 'periodClosed') this.checkClosing(event, version, recordedAt);
    else if (balance.period.month !== '' && balance.period.month !== monthOf(recordedAt))
      this.fault(`${balance.period.month} was not closed before version ${version}`);
  }

  private checkClosing(event: AccountEvent, version: bigint, recordedAt: Date): void {
    const openHolds = [...this.open]
      .map(([jobId, { hold }]) => ({
        jobId,
        apiKeyId: hold.placed?.terms.apiKeyId ?? '',
        amountMicros: hold.amountMicros,
      }))
      .sort((one, other) => (one.jobId < other.jobId ? -1 : 1));
    const caps = [...this.capped]
      .map((apiKeyId) => this.keyOf(apiKeyId))
      .filter((key) => key.limitMicros !== undefined)
      .map(({ apiKeyId, limitMicros }) => ({ apiKeyId, limitMicros }))
      .sort((one, other) => (one.apiKeyId < other.apiKeyId ? -1 : 1));
    // Older versions listed everything, however long.
    const forms = [LIST_BYTES_MAX, Infinity].map((listBytesMax) =>
      closingOf(this.balance, openHolds, caps, recordedAt, listBytesMax),
    );
    if (!forms.some((expected) => expected !== undefined && bytesOf(expected).equals(bytesOf(event))))
      this.fault(`the closing at version ${version} is not what the month was`);
  }

  private checkHold(event: AccountEvent, version: bigint): void {
    if (event.$case !== 'holdPlaced' && event.$case !== 'holdCaptured' && event.$case !== 'holdReleased') return;
    const open = this.open.get(event.value.jobId)?.hold;
    const named = `the hold of ${event.value.jobId} at version ${version}`;
    if (event.$case === 'holdPlaced') return void (open !== undefined && this.fault(`${named} is placed twice`));
    const captured = event.$case === 'holdCaptured' ? event.value.capturedMicros : 0n;
    const ended = captured + event.value.releasedMicros;
    if (ended !== (open?.amountMicros ?? 0n))
      this.fault(`${named} ends with ${ended} micros of ${open?.amountMicros ?? 'nothing pending'}`);
  }

  private rowsOf(event: AccountEvent, hold: Hold | undefined, recordedAt: Date): ExpectedRow[] {
    const { accountId } = this;
    switch (event.$case) {
      case 'fundsAdded': {
        const { paymentRef, amountMicros, source, reinstates } = event.value;
        if (reinstates !== undefined) {
          this.reverse(reinstates.paymentRef, -amountMicros);
          return [
            naturalKeyRow(
              accountId,
              'reinstatement',
              reinstates.reversalRef,
              reinstates.paymentRef,
              amountMicros,
              recordedAt,
            ),
          ];
        }
        if (this.payments.has(paymentRef)) this.fault(`payment ${paymentRef} is added twice`);
        this.payments.set(paymentRef, { amountMicros, source, reversedMicros: 0n });
        return [];
      }
      case 'fundsReversed': {
        const { reversalRef, paymentRef, amountMicros } = event.value;
        this.reverse(paymentRef, amountMicros);
        return [naturalKeyRow(accountId, 'reversal', reversalRef, paymentRef, amountMicros, recordedAt)];
      }
      case 'adjustmentMade':
        return [
          naturalKeyRow(accountId, 'adjustment', event.value.adjustmentRef, '', event.value.amountMicros, recordedAt),
        ];
      case 'captureRefunded': {
        const { jobId, refundKey, amountMicros } = event.value;
        this.refunded.set(jobId, (this.refunded.get(jobId) ?? 0n) + amountMicros);
        addUsageDay(this.days, refundDayOf(accountId, event.value));
        return [naturalKeyRow(accountId, 'refund', `${jobId} ${refundKey}`, jobId, amountMicros, recordedAt)];
      }
      case 'holdPlaced':
        this.open.set(event.value.jobId, { hold: hold!, placedAt: recordedAt });
        return [];
      case 'holdCaptured':
        return [
          this.endHold(event.value.jobId, hold!, recordedAt),
          ...this.usageOf(event.value.jobId, hold!, recordedAt),
        ];
      case 'holdReleased':
        return [this.endHold(event.value.jobId, hold!, recordedAt)];
      case 'lateOutcomeRecorded':
        return [{ table: 'hold', columns: { job_id: event.value.jobId, late_outcome: true } }];
      case 'periodClosed':
        return [statementRow(statementOf(accountId, event))];
      case 'spendCapSet':
      case 'lowBalanceThresholdSet':
      case 'balanceLow':
        return [];
    }
  }

  private reverse(paymentRef: string, amountMicros: bigint): void {
    const payment = this.payments.get(paymentRef);
    if (payment === undefined) return this.fault(`a reversal names payment ${paymentRef}, which was never added`);
    const reversedMicros = payment.reversedMicros + amountMicros;
    if (reversedMicros < 0n) this.fault(`payment ${paymentRef} is given back for more than was taken`);
    if (reversedMicros > payment.amountMicros) this.fault(`payment ${paymentRef} is reversed for more than it was`);
    this.payments.set(paymentRef, { ...payment, reversedMicros });
  }

  private endHold(jobId: string, hold: Hold, endedAt: Date): ExpectedRow {
    const placedAt = this.open.get(jobId)?.placedAt ?? null;
    this.open.delete(jobId);
    return holdRow(jobId, hold, placedAt, endedAt);
  }

  private usageOf(jobId: string, hold: Hold, chargedAt: Date): ExpectedRow[] {
    if (hold.placed === undefined) return [];
    const row = usageOf(this.accountId, jobId, { ...hold, chargedDay: dayOf(chargedAt) }, chargedAt);
    addUsageDay(this.days, usageDayOf(row));
    return [usageRow(row)];
  }

  private countForKey(event: AccountEvent, hold: Hold | undefined, recordedAt: Date): void {
    const apiKeyId = 'apiKeyId' in event.value ? event.value.apiKeyId : (hold?.placed?.terms.apiKeyId ?? '');
    if (apiKeyId === '' || !countsForKey(event)) return;
    if (event.$case === 'spendCapSet') this.capped.add(apiKeyId);
    this.keys.set(apiKeyId, keyCapAfter(this.keyOf(apiKeyId), event, recordedAt));
  }

  private keyOf(apiKeyId: string): KeyCap {
    return (
      this.keys.get(apiKeyId) ?? {
        accountId: this.accountId,
        apiKeyId,
        limitMicros: undefined,
        heldMicros: 0n,
        month: '',
        spentMicros: 0n,
      }
    );
  }

  private fault(sentence: string): void {
    this.faults.push(`account ${this.accountId}: ${sentence}`);
  }
}

function bytesOf(event: AccountEvent): Buffer {
  return Buffer.from(LedgerEvent.encode({ event }).finish());
}
