import { isPlayMoney } from '@usvideo/contracts/books';
import type {
  PendingHold,
  PlaceHold,
  PlaceHoldAnswer,
  Settle,
  SettleAnswer,
  VoidHold,
  VoidHoldAnswer,
} from '@usvideo/contracts/ledger';
import type { LogReader } from '@usvideo/event-store';
import type { LedgerPort } from '../src/settlement/ledger.client';

/** What a test account begins with. */
export const PLAY_MONEY_MICROS = 1_000_000_000n;

type Call = 'placeHold' | 'voidHold' | 'settle';

/**
 * How the next calls of a kind go wrong. `lost_before`: the request never arrives; `lost_after`: it is carried out and the answer
 * is lost; `late`: it arrives only after the caller has given up.
 */
export type Fault = 'none' | 'lost_before' | 'lost_after' | 'late';

interface Hold {
  readonly accountId: string;
  readonly amountMicros: bigint;
  state: 'pending' | 'captured' | 'released';
  placedAt: Date;
}

const PER_SECOND: Readonly<Record<string, bigint>> = { '480p': 100_000n, '720p': 250_000n, '1080p': 500_000n };

/** The quote `expired` has expired, `other` is for other terms, and any other costs what its name says. */
const quotesRefused: Readonly<Record<string, string>> = { expired: 'quote_expired', other: 'quote_mismatch' };

/** The rules of the ledger without its storage: one hold per job, void leaves a tombstone, a hold ends once. */
export class FakeLedger implements LedgerPort {
  readonly holds = new Map<string, Hold>();
  readonly calls: string[] = [];
  /** What it says it recorded, by shard and sequence. */
  events: LogReader = { page: async () => ({ epoch: 'fake', events: [], more: new Set() }) };
  private readonly faults: Record<Call, Fault> = { placeHold: 'none', voidHold: 'none', settle: 'none' };
  private readonly available = new Map<string, bigint>();
  private readonly late: (() => void)[] = [];
  private readonly tombstones = new Set<string>();
  private refusal = '';

  fund(accountId: string, micros: bigint): void {
    this.available.set(accountId, this.availableOf(accountId) + micros);
  }

  fail(call: Call, fault: Fault): void {
    this.faults[call] = fault;
  }

  /** Every hold is refused for this reason until told otherwise. */
  refuse(reason: string): void {
    this.refusal = reason;
  }

  /** Lets the requests that were under way all the time arrive; their answers are lost. */
  deliverLate(): void {
    for (const request of this.late.splice(0)) request();
  }

  availableOf(accountId: string): bigint {
    return this.available.get(accountId) ?? (isPlayMoney(accountId) ? PLAY_MONEY_MICROS : 0n);
  }

  pendingHolds(): string[] {
    return [...this.holds].filter(([, hold]) => hold.state === 'pending').map(([jobId]) => jobId);
  }

  placeHold(hold: PlaceHold, timeoutMs: number): Promise<PlaceHoldAnswer> {
    return this.transmit('placeHold', hold.jobId, timeoutMs, () => this.place(hold));
  }

  voidHold({ jobId }: VoidHold, timeoutMs: number): Promise<VoidHoldAnswer> {
    return this.transmit('voidHold', jobId, timeoutMs, () => {
      this.tombstones.add(jobId);
      return { refusal: this.end(jobId, 'released') === 'captured' ? 'hold_captured' : '' };
    });
  }

  settle({ jobId, chargedMicros }: Settle, timeoutMs: number): Promise<SettleAnswer> {
    return this.transmit('settle', jobId, timeoutMs, () => {
      const wanted = chargedMicros > 0n ? 'captured' : 'released';
      const ended = this.end(jobId, wanted);
      return { refusal: ended === undefined ? 'hold_unknown' : ended === wanted ? '' : 'verdict_conflict' };
    });
  }

  async listPendingHolds(olderThanSeconds: number, limit: number, afterJobId?: string): Promise<PendingHold[]> {
    const placedBefore = new Date(Date.now() - olderThanSeconds * 1_000);
    const first = afterJobId === undefined ? 0 : [...this.holds.keys()].indexOf(afterJobId) + 1;
    return [...this.holds]
      .slice(first)
      .filter(([, hold]) => hold.state === 'pending' && hold.placedAt <= placedBefore)
      .slice(0, limit)
      .map(([jobId, { accountId, amountMicros, placedAt }]) => ({ jobId, accountId, amountMicros, placedAt }));
  }

  async pendingHoldsOf(jobIds: readonly string[]): Promise<PendingHold[]> {
    return [...this.holds]
      .filter(([jobId, hold]) => jobIds.includes(jobId) && hold.state === 'pending')
      .map(([jobId, { accountId, amountMicros, placedAt }]) => ({ jobId, accountId, amountMicros, placedAt }));
  }

  private place({ accountId, jobId, resolution, durationSeconds, quoteId }: PlaceHold): PlaceHoldAnswer {
    const refused = quotesRefused[quoteId ?? ''];
    if (refused !== undefined) return { refusal: refused, amountMicros: 0n, availableMicros: 0n };
    const amountMicros =
      quoteId !== undefined ? BigInt(quoteId) : (PER_SECOND[resolution] ?? 0n) * BigInt(durationSeconds);
    const availableMicros = this.availableOf(accountId);
    if (this.refusal !== '') return { refusal: this.refusal, amountMicros, availableMicros };
    if (this.tombstones.has(jobId)) return { refusal: 'hold_voided', amountMicros, availableMicros };
    if (this.holds.has(jobId)) return { refusal: '', amountMicros, availableMicros };
    if (availableMicros < amountMicros) return { refusal: 'insufficient_balance', amountMicros, availableMicros };
    this.available.set(accountId, availableMicros - amountMicros);
    this.holds.set(jobId, { accountId, amountMicros, state: 'pending', placedAt: new Date() });
    return { refusal: '', amountMicros, availableMicros: availableMicros - amountMicros };
  }

  private end(jobId: string, state: 'captured' | 'released'): Hold['state'] | undefined {
    const hold = this.holds.get(jobId);
    if (hold?.state !== 'pending') return hold?.state;
    hold.state = state;
    if (state === 'released') this.fund(hold.accountId, hold.amountMicros);
    return state;
  }

  private transmit<Answer>(call: Call, jobId: string, timeoutMs: number, carryOut: () => Answer): Promise<Answer> {
    this.calls.push(`${call} ${jobId}`);
    switch (this.faults[call]) {
      case 'none':
        return Promise.resolve(carryOut());
      case 'lost_before':
        return Promise.reject(new Error('the stream broke'));
      case 'lost_after':
        return Promise.resolve(carryOut()).then(() => {
          throw new Error('the stream broke');
        });
      case 'late':
        return new Promise((_, reject) => {
          const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
          this.late.push(() => {
            clearTimeout(timer);
            carryOut();
            reject(new Error('the answer was lost'));
          });
        });
    }
  }
}
