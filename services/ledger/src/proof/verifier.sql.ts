import { ownerOf } from '@usvideo/contracts/books';
import { type Database, kindOf, type Transaction, verifyLog } from '@usvideo/event-store';
import { decodeEvent } from '../posting/event-codec';
import { readPrices } from '../prices/price-book.sql';
import { inSnapshot } from './snapshot.sql';
import { verifyRoots } from '../signing/root-verifier.sql';
import type { ExpectedRow } from './verifier-expected';
import { AccountFold } from './verifier-fold';
import type { PriceRow } from '../prices/price';
import {
  checkEmptyAccounts,
  checkGuards,
  checkTimes,
  checkTopUps,
  compareCounts,
  compareRows,
  countedAs,
  readPostingsSum,
  type Counted,
} from './verifier-rows.sql';

export interface Verification {
  readonly eventsChecked: bigint;
  /** 0 when the books balance. */
  readonly postingsSumMicros: bigint;
  /** One sentence per difference; empty when the ledger is right. */
  readonly differences: string[];
  readonly rootsChecked: bigint;
  readonly lastRootAt: Date | undefined;
}

/** Sentences listed at most: a ruined ledger must not exhaust the memory of the one who looks at it. */
const DIFFERENCES_MAX = 1_000;
const PAGE_EVENTS = 1_000;
const READ_STREAMS = `
select stream_id, version, account_id, environment, kind, hash, payload, recorded_at from event
where (stream_id, version) > ($1, $2) order by stream_id, version limit ${PAGE_EVENTS}`;

interface EventRecord {
  stream_id: string;
  version: bigint;
  account_id: string;
  environment: string;
  kind: string;
  hash: Buffer;
  payload: Buffer;
  recorded_at: Date;
}

/** Re-derives every table from the events, account by account, and proves that the postings sum to zero. */
export class LedgerVerifier {
  /** @param trustedKeys raw public keys that may have signed roots; without any, every key that fits its signature */
  constructor(
    private readonly database: Database,
    private readonly trustedKeys: readonly Buffer[] = [],
  ) {}

  /** @param knownRoot in hex, as somebody kept it outside of the database; empty: not asked */
  async verify(knownRoot = ''): Promise<Verification> {
    const log = await verifyLog(this.database);
    const tables = await inSnapshot(this.database, async (tx) => new Run(tx, await readPrices(tx)).compare());
    const roots = await inSnapshot(this.database, (tx) => verifyRoots(tx, this.trustedKeys, knownRoot));
    return {
      eventsChecked: log.eventsChecked,
      postingsSumMicros: tables.postingsSumMicros,
      rootsChecked: roots.rootsChecked,
      lastRootAt: roots.lastRootAt,
      differences: [...log.differences, ...tables.differences, ...roots.differences].slice(0, DIFFERENCES_MAX),
    };
  }
}

class Run {
  private readonly differences: string[] = [];
  private readonly counts = new Map<Counted, bigint>();
  private fold: AccountFold | undefined;

  constructor(
    private readonly tx: Transaction,
    private readonly prices: readonly PriceRow[],
  ) {}

  async compare(): Promise<{ postingsSumMicros: bigint; differences: string[] }> {
    let after: readonly [string, bigint] = ['', 0n];
    for (;;) {
      const { rows } = await this.tx.query<EventRecord>({
        name: 'verify_streams',
        text: READ_STREAMS,
        values: [...after],
      });
      const last = rows.at(-1);
      if (last === undefined) break;
      await this.expect(rows.flatMap((row) => this.add(row)));
      after = [last.stream_id, last.version];
    }
    await this.expect(this.endAccount());
    this.report(await compareCounts(this.tx, this.counts));
    for (const check of [checkEmptyAccounts, checkTimes, checkTopUps, checkGuards]) this.report(await check(this.tx));
    const postingsSumMicros = await readPostingsSum(this.tx);
    if (postingsSumMicros !== 0n) this.report([`The postings sum to ${postingsSumMicros} micros instead of 0.`]);
    return { postingsSumMicros, differences: this.differences };
  }

  private add(row: EventRecord): ExpectedRow[] {
    const ended = this.fold?.accountId === row.stream_id ? [] : this.endAccount();
    this.fold ??= new AccountFold(row.stream_id, this.prices);
    return [...ended, ...this.foldOne(this.fold, row)];
  }

  private foldOne(fold: AccountFold, row: EventRecord): ExpectedRow[] {
    const named = `event ${row.stream_id} ${row.version}`;
    // The hash covers neither: they follow from the stream.
    const owner = ownerOf(row.stream_id);
    if (row.account_id !== owner.accountId) this.report([`${named} is filed under account ${row.account_id}.`]);
    if (row.environment !== owner.environment) this.report([`${named} is filed under environment ${row.environment}.`]);
    try {
      const event = decodeEvent(row.payload);
      if (row.kind !== kindOf(event)) this.report([`${named} is called ${row.kind} and holds ${kindOf(event)}.`]);
      return fold.add({ version: row.version, hash: row.hash, recordedAt: row.recorded_at, event });
    } catch (error) {
      this.report([`${named} cannot be read: ${(error as Error).message}.`]);
      return [];
    }
  }

  private endAccount(): ExpectedRow[] {
    const { fold } = this;
    this.fold = undefined;
    if (fold === undefined) return [];
    this.report(fold.faults);
    return fold.end();
  }

  private async expect(rows: readonly ExpectedRow[]): Promise<void> {
    for (const row of rows) {
      const counted = countedAs(row);
      this.counts.set(counted, (this.counts.get(counted) ?? 0n) + 1n);
    }
    this.report(await compareRows(this.tx, rows));
  }

  private report(sentences: readonly string[]): void {
    this.differences.push(...sentences.slice(0, DIFFERENCES_MAX - this.differences.length));
  }
}
