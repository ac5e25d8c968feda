import { account, type AccountState, type Hold } from '../domain/account';
import { usageOf } from '../domain/batch';
import { changeIn, jobIdOf, movesMoney, type AccountEvent } from '../domain/postings';
import { addCharge, NO_SPEND, type Spend } from '../domain/spend';

export type Table = 'ledger_account' | 'hold' | 'payment' | 'entry' | 'usage';

/** A row as the events say it must be, by column; columns that are not named are not compared. */
export interface ExpectedRow {
  readonly table: Table;
  readonly columns: Readonly<Record<string, unknown>>;
}

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
 * Folds one account's events in order and names the rows that must exist because of them. It remembers open holds only, so its
 * size is bounded by what an account has in flight, not by its history.
 */
export class AccountFold {
  readonly faults: string[] = [];
  private version = 0n;
  private hash: Buffer = Buffer.alloc(32);
  private availableMicros = 0n;
  private heldMicros = 0n;
  private spend: Spend = NO_SPEND;
  private readonly open = new Map<string, OpenHold>();

  constructor(readonly accountId: string) {}

  add(folded: FoldedEvent): ExpectedRow[] {
    const { event, version, recordedAt } = folded;
    if (version !== this.version + 1n) this.fault(`version ${version} follows version ${this.version}`);
    this.checkHold(event, version);
    const state = account.evolve(this.stateFor(event), event);
    this.version = version;
    this.hash = folded.hash;
    this.availableMicros = state.availableMicros;
    this.heldMicros = state.heldMicros;
    if (state.availableMicros < 0n || state.heldMicros < 0n) this.fault(`the balance is negative at version ${version}`);
    const charged = changeIn('revenue', event);
    if (charged > 0n) this.spend = addCharge(this.spend, charged, recordedAt);
    return [...this.entryOf(event), ...this.rowsOf(event, state, recordedAt)];
  }

  /** The account's own row and its pending holds, once its last event was added. */
  end(): ExpectedRow[] {
    const { accountId, version, hash, availableMicros, heldMicros, spend } = this;
    const pending = [...this.open].map(([jobId, { hold, placedAt }]) => holdRow(jobId, hold, placedAt, null));
    return [...pending, {
      table: 'ledger_account',
      columns: {
        account_id: accountId, version, head_hash: hash, available_micros: availableMicros, held_micros: heldMicros,
        total_spend_micros: spend.totalMicros, period: spend.period, period_spend_micros: spend.periodMicros, period_jobs: spend.periodJobs,
      },
    }];
  }

  private stateFor(event: AccountEvent): AccountState {
    const { accountId, availableMicros, heldMicros } = this;
    return { accountId, availableMicros, heldMicros, hold: this.open.get(jobIdOf(event))?.hold, paidMicros: undefined };
  }

  private checkHold(event: AccountEvent, version: bigint): void {
    if (event.$case === 'fundsAdded' || event.$case === 'lateOutcomeRecorded') return;
    const open = this.open.get(event.value.jobId)?.hold;
    const named = `the hold of ${event.value.jobId} at version ${version}`;
    if (event.$case === 'holdPlaced') return void (open !== undefined && this.fault(`${named} is placed twice`));
    const captured = event.$case === 'holdCaptured' ? event.value.capturedMicros : 0n;
    const ended = captured + event.value.releasedMicros;
    if (ended !== (open?.amountMicros ?? 0n)) this.fault(`${named} ends with ${ended} micros of ${open?.amountMicros ?? 'nothing pending'}`);
  }

  private entryOf(event: AccountEvent): ExpectedRow[] {
    if (!movesMoney(event)) return [];
    const { accountId, version, availableMicros, heldMicros } = this;
    return [{
      table: 'entry',
      columns: { account_id: accountId, version, job_id: jobIdOf(event), available_after_micros: availableMicros, held_after_micros: heldMicros },
    }];
  }

  private rowsOf(event: AccountEvent, { hold }: AccountState, recordedAt: Date): ExpectedRow[] {
    const { accountId } = this;
    switch (event.$case) {
      case 'fundsAdded': {
        const { paymentRef, amountMicros } = event.value;
        return [{ table: 'payment', columns: { account_id: accountId, payment_ref: paymentRef, amount_micros: amountMicros } }];
      }
      case 'holdPlaced':
        this.open.set(event.value.jobId, { hold: hold!, placedAt: recordedAt });
        return [];
      case 'holdCaptured':
        return [this.endHold(event.value.jobId, hold!, recordedAt), ...this.usageRow(event.value.jobId, hold!, recordedAt)];
      case 'holdReleased':
        return [this.endHold(event.value.jobId, hold!, recordedAt)];
      case 'lateOutcomeRecorded':
        return [{ table: 'hold', columns: { job_id: event.value.jobId, late_outcome: true } }];
    }
  }

  private endHold(jobId: string, hold: Hold, endedAt: Date): ExpectedRow {
    const placedAt = this.open.get(jobId)?.placedAt ?? null;
    this.open.delete(jobId);
    return holdRow(jobId, hold, placedAt, endedAt);
  }

  private usageRow(jobId: string, hold: Hold, chargedAt: Date): ExpectedRow[] {
    if (hold.placed === undefined) return [];
    const row = usageOf(this.accountId, jobId, hold, chargedAt);
    return [{
      table: 'usage',
      columns: {
        job_id: jobId, account_id: row.accountId, api_key_id: row.apiKeyId, day: row.day, model: row.model, resolution: row.resolution,
        duration_seconds: row.durationSeconds, per_second_micros: row.perSecondMicros, charged_micros: row.chargedMicros, charged_at: row.chargedAt,
      },
    }];
  }

  private fault(sentence: string): void {
    this.faults.push(`account ${this.accountId}: ${sentence}`);
  }
}

function holdRow(jobId: string, hold: Hold, placedAt: Date | null, endedAt: Date | null): ExpectedRow {
  const terms = hold.placed?.terms;
  return {
    table: 'hold',
    columns: {
      job_id: jobId, account_id: hold.accountId, state: hold.state, api_key_id: terms?.apiKeyId ?? null, model: terms?.model ?? null,
      resolution: terms?.resolution ?? null, duration_seconds: terms?.durationSeconds ?? null,
      per_second_micros: hold.placed?.price.perSecondMicros ?? null, price_version: hold.placed?.price.priceVersion ?? null,
      amount_micros: hold.amountMicros, captured_micros: hold.capturedMicros, released_micros: hold.releasedMicros,
      placed_at: placedAt, ended_at: endedAt,
    },
  };
}
