import type { LedgerCommand, Outcome } from './batch';
import type { HoldTerms } from '../prices/price';
import { SANDBOX_FUNDS_MICROS } from './sandbox';

interface Key {
  limit: bigint | undefined;
  spent: bigint;
  held: bigint;
}
interface Account extends Key {
  available: bigint;
  owed: bigint;
  threshold: bigint;
}
interface Job {
  accountId: string;
  terms: HoldTerms | undefined;
  amount: bigint;
  state: 'pending' | 'captured' | 'released';
  captured: bigint;
  released: bigint;
  refunded: bigint;
}

/** What a command was answered: `done`, `again`, or the rule that refuses it. */
export type Said = 'done' | 'again' | (string & {});

export function said({
  refusal,
  replayed,
}: Pick<Outcome, 'refusal' | 'replayed'> | { refusal?: string; replayed?: boolean }): Said {
  return refusal ?? (replayed ? 'again' : 'done');
}

/**
 * The ledger as a clerk would keep it in a notebook: balances, jobs and slips, within one month. It knows no events, no batches
 * and no database, and says what every command must be answered.
 */
export class LedgerModel {
  readonly accounts = new Map<string, Account>();
  readonly jobs = new Map<string, Job>();
  /** Payments by account and reference. */
  readonly payments = new Map<string, { amount: bigint; reversed: bigint }>();
  private readonly keys = new Map<string, Key>();
  private readonly slips = new Map<string, string>();

  /** @param priceOf undefined: no price */
  constructor(private readonly priceOf: (terms: HoldTerms) => bigint | undefined) {}

  /** Carries out one command. */
  answer(command: LedgerCommand): Said {
    switch (command.type) {
      case 'AddFunds':
        return this.addFunds(command);
      case 'ReverseFunds':
        return this.reverse(command);
      case 'ReinstateFunds':
        return this.reinstate(command);
      case 'Adjust':
        return this.adjust(command);
      case 'SetSpendCap':
        return this.setCap(command);
      case 'SetLowBalanceThreshold':
        return this.setThreshold(command);
      case 'OpenSandbox':
        return 'again';
      case 'ResetSandbox':
        return this.reset(command);
      default:
        return this.onJob(command);
    }
  }

  account(accountId: string): Account {
    return kept(this.accounts, accountId, () => ({
      available: 0n,
      owed: 0n,
      threshold: 0n,
      limit: undefined,
      spent: 0n,
      held: 0n,
    }));
  }

  /** One like it, which goes on by itself. */
  copy(): LedgerModel {
    const other = new LedgerModel(this.priceOf);
    for (const name of ['accounts', 'jobs', 'payments', 'keys', 'slips'] as const) {
      for (const [key, value] of this[name])
        (other[name] as Map<string, unknown>).set(key, typeof value === 'string' ? value : { ...value });
    }
    return other;
  }

  private key(accountId: string, apiKeyId: string): Key {
    return kept(this.keys, `${accountId} ${apiKeyId}`, () => ({ limit: undefined, spent: 0n, held: 0n }));
  }

  private receive(accountId: string, amount: bigint): void {
    const account = this.account(accountId);
    const settled = amount < account.owed ? amount : account.owed;
    account.owed -= settled;
    account.available += amount - settled;
  }

  /** Undefined when the slip is new, and then it is kept. */
  private slip(name: string, content: string, conflict: string): Said | undefined {
    const before = this.slips.get(name);
    return before === undefined ? undefined : before === content ? 'again' : conflict;
  }

  private addFunds({
    accountId,
    amountMicros: amount,
    paymentRef,
  }: Extract<LedgerCommand, { type: 'AddFunds' }>): Said {
    if (amount <= 0n) return 'amount_out_of_range';
    const before = this.payments.get(`${accountId} ${paymentRef}`);
    if (before !== undefined) return before.amount === amount ? 'again' : 'payment_conflict';
    this.payments.set(`${accountId} ${paymentRef}`, { amount, reversed: 0n });
    this.receive(accountId, amount);
    return 'done';
  }

  private reverse({
    accountId,
    amountMicros: amount,
    paymentRef,
    reversalRef,
  }: Extract<LedgerCommand, { type: 'ReverseFunds' }>): Said {
    if (amount <= 0n) return 'amount_out_of_range';
    const name = `${accountId} reversal ${reversalRef}`;
    const known =
      this.slips.get(name) === `${paymentRef} 0`
        ? 'again'
        : this.slip(name, `${paymentRef} ${amount}`, 'reversal_conflict');
    if (known !== undefined) return known;
    const payment = this.payments.get(`${accountId} ${paymentRef}`);
    if (payment === undefined) return 'payment_unknown';
    if (payment.reversed + amount > payment.amount) return 'reversal_exceeds_payment';
    const account = this.account(accountId);
    const taken = amount < account.available ? amount : account.available;
    account.available -= taken;
    account.owed += amount - taken;
    payment.reversed += amount;
    this.slips.set(name, `${paymentRef} ${amount}`);
    return 'done';
  }

  private reinstate({
    accountId,
    amountMicros: amount,
    paymentRef,
    reversalRef,
  }: Extract<LedgerCommand, { type: 'ReinstateFunds' }>): Said {
    if (amount <= 0n) return 'amount_out_of_range';
    const name = `${accountId} reinstatement ${reversalRef}`;
    const known = this.slip(name, `${paymentRef} ${amount}`, 'reinstatement_conflict');
    if (known !== undefined) return known;
    const payment = this.payments.get(`${accountId} ${paymentRef}`);
    if (payment === undefined) return 'payment_unknown';
    const reversal = this.slips.get(`${accountId} reversal ${reversalRef}`);
    if (reversal === undefined) {
      this.slips.set(`${accountId} reversal ${reversalRef}`, `${paymentRef} 0`);
      return 'done';
    }
    const [reversed, taken] = reversal.split(' ');
    if (reversed !== paymentRef) return 'reinstatement_conflict';
    if (taken === '0') return 'again';
    if (amount > BigInt(taken!)) return 'reinstatement_exceeds_reversal';
    payment.reversed -= amount;
    this.receive(accountId, amount);
    this.slips.set(name, `${paymentRef} ${amount}`);
    return 'done';
  }

  private adjust({ accountId, amountMicros: amount, adjustmentRef }: Extract<LedgerCommand, { type: 'Adjust' }>): Said {
    if (amount === 0n) return 'amount_out_of_range';
    const name = `${accountId} adjustment ${adjustmentRef}`;
    const known = this.slip(name, `${amount}`, 'adjustment_conflict');
    if (known !== undefined) return known;
    if (-amount > this.account(accountId).available) return 'insufficient_balance';
    if (amount > 0n) this.receive(accountId, amount);
    else this.account(accountId).available += amount;
    this.slips.set(name, `${amount}`);
    return 'done';
  }

  private reset({ accountId, resetRef }: Extract<LedgerCommand, { type: 'ResetSandbox' }>): Said {
    const account = this.account(accountId);
    const missing = SANDBOX_FUNDS_MICROS - (account.available + account.held - account.owed);
    const amount = -missing > account.available ? -account.available : missing;
    if (this.slips.has(`${accountId} adjustment ${resetRef}`) || amount === 0n) return 'again';
    if (amount > 0n) this.receive(accountId, amount);
    else account.available += amount;
    this.slips.set(`${accountId} adjustment ${resetRef}`, `${amount}`);
    return 'done';
  }

  private setCap({ accountId, apiKeyId, limitMicros }: Extract<LedgerCommand, { type: 'SetSpendCap' }>): Said {
    const capped = apiKeyId === '' ? this.account(accountId) : this.key(accountId, apiKeyId);
    if (limitMicros !== undefined && limitMicros < 0n) return 'amount_out_of_range';
    if (capped.limit === limitMicros) return 'again';
    capped.limit = limitMicros;
    return 'done';
  }

  private setThreshold({
    accountId,
    thresholdMicros,
  }: Extract<LedgerCommand, { type: 'SetLowBalanceThreshold' }>): Said {
    const account = this.account(accountId);
    if (thresholdMicros < 0n) return 'amount_out_of_range';
    if (account.threshold === thresholdMicros) return 'again';
    account.threshold = thresholdMicros;
    return 'done';
  }

  private onJob(command: Extract<LedgerCommand, { jobId: string }>): Said {
    const job = this.jobs.get(command.jobId);
    if (job !== undefined && job.accountId !== command.accountId) return 'hold_conflict';
    switch (command.type) {
      case 'PlaceHold':
        return this.place(command, job);
      case 'VoidHold':
        return job?.state === 'captured'
          ? 'hold_captured'
          : job?.state === 'released'
            ? 'again'
            : this.release(command.accountId, command.jobId, job);
      case 'Settle':
        return this.settle(command, job);
      case 'RefundCapture':
        return this.refund(command, job);
    }
  }

  private place(
    { accountId, jobId, terms }: Extract<LedgerCommand, { type: 'PlaceHold' }>,
    job: Job | undefined,
  ): Said {
    if (job?.terms !== undefined && JSON.stringify(job.terms) !== JSON.stringify(terms)) return 'hold_conflict';
    if (job !== undefined) return job.state === 'released' ? 'hold_voided' : 'again';
    const amount = this.priceOf(terms);
    if (amount === undefined) return 'price_unavailable';
    const [account, key] = [this.account(accountId), this.key(accountId, terms.apiKeyId)];
    for (const { limit, spent, held } of [account, key])
      if (limit !== undefined && (spent > 0n ? spent : 0n) + held + amount > limit) return 'spend_cap_reached';
    if (amount > account.available) return 'insufficient_balance';
    account.available -= amount;
    for (const counter of [account, key]) counter.held += amount;
    this.jobs.set(jobId, { accountId, terms, amount, state: 'pending', captured: 0n, released: 0n, refunded: 0n });
    return 'done';
  }

  private settle(
    { accountId, jobId, chargedMicros: charged, releasedMicros: released }: Extract<LedgerCommand, { type: 'Settle' }>,
    job: Job | undefined,
  ): Said {
    if (job === undefined) return 'hold_unknown';
    if (job.state !== 'pending')
      return job.captured === charged && job.released === released ? 'again' : 'verdict_conflict';
    if (charged > job.amount) return 'capture_exceeds_hold';
    if (charged < 0n || charged + released !== job.amount) return 'verdict_not_whole';
    if (charged === 0n) return this.release(accountId, jobId, job);
    for (const counter of this.countersOf(job)) {
      counter.held -= job.amount;
      counter.spent += charged;
    }
    this.receive(accountId, released);
    Object.assign(job, { state: 'captured', captured: charged, released });
    return 'done';
  }

  private release(accountId: string, jobId: string, job: Job | undefined): Said {
    if (job === undefined)
      this.jobs.set(jobId, {
        accountId,
        terms: undefined,
        amount: 0n,
        state: 'released',
        captured: 0n,
        released: 0n,
        refunded: 0n,
      });
    else {
      for (const counter of this.countersOf(job)) counter.held -= job.amount;
      this.receive(accountId, job.amount);
      Object.assign(job, { state: 'released', released: job.amount });
    }
    return 'done';
  }

  private refund(
    { accountId, jobId, refundKey, amountMicros: amount }: Extract<LedgerCommand, { type: 'RefundCapture' }>,
    job: Job | undefined,
  ): Said {
    if (amount <= 0n) return 'amount_out_of_range';
    if (job === undefined) return 'hold_unknown';
    const name = `${accountId} refund ${jobId} ${refundKey}`;
    const known = this.slip(name, `${amount}`, 'refund_conflict');
    if (known !== undefined) return known;
    if (job.state !== 'captured') return 'hold_not_captured';
    if (job.refunded + amount > job.captured) return 'refund_exceeds_capture';
    job.refunded += amount;
    for (const counter of this.countersOf(job)) counter.spent -= amount;
    this.receive(accountId, amount);
    this.slips.set(name, `${amount}`);
    return 'done';
  }

  private countersOf({ accountId, terms }: Job): Key[] {
    return [this.account(accountId), this.key(accountId, terms!.apiKeyId)];
  }
}

function kept<Value>(map: Map<string, Value>, key: string, fresh: () => Value): Value {
  const value = map.get(key) ?? fresh();
  map.set(key, value);
  return value;
}
