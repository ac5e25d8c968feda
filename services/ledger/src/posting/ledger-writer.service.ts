import { WriterLanes, type Database, type Transaction } from '@usvideo/event-store';
import { currentTraceparent, inSpan, type Logger } from '@usvideo/runtime';
import type { Settle } from '../account/commands';
import type { LedgerCommand, Outcome, TracedCommand } from '../account/batch';
import { LedgerStore } from './ledger.store';
import { PriceBook } from '../prices/price-book.sql';
import { ledgerEntries } from '../metrics';

export interface LedgerWriterOptions {
  readonly database: Database;
  readonly lanes: number;
  /** After every commit that may have recorded events. */
  readonly onCommitted: () => void;
  readonly logger: Logger;
}

const SPANS = {
  AddFunds: 'ledger.add_funds',
  PlaceHold: 'ledger.place_hold',
  VoidHold: 'ledger.void_hold',
  Settle: 'ledger.settle',
  RefundCapture: 'ledger.refund_capture',
  ReverseFunds: 'ledger.reverse_funds',
  ReinstateFunds: 'ledger.reinstate_funds',
  Adjust: 'ledger.adjust',
  SetSpendCap: 'ledger.set_spend_cap',
  SetLowBalanceThreshold: 'ledger.set_low_balance_threshold',
  OpenSandbox: 'ledger.open_sandbox',
  ResetSandbox: 'ledger.reset_sandbox',
} satisfies Record<LedgerCommand['type'], string>;

/** Everything that changes a balance goes through here: commands through the lanes, verdicts also inside a consumer's transaction. */
export class LedgerWriter {
  private readonly store = new LedgerStore(new PriceBook());
  private readonly lanes: WriterLanes<TracedCommand, Outcome>;

  constructor(options: LedgerWriterOptions) {
    const { database, lanes, onCommitted, logger } = options;
    for (const kind of ['PlaceHold', 'VoidHold', 'Settle']) ledgerEntries.inc({ kind, answer: 'accepted' }, 0);
    this.lanes = new WriterLanes({
      database,
      lanes,
      onCommitted,
      apply: this.store.apply,
      keyOf: ({ command }) => command.accountId,
      onRetry: (error, attempt) => logger.warn({ err: error, attempt }, 'a batch of ledger commands is tried again'),
    });
  }

  /**
   * Resolves after a confirmed commit.
   * @throws LaneFull, or whatever kept the command from being carried out: the caller may ask again under the same natural key.
   */
  submit(command: LedgerCommand): Promise<Outcome> {
    const attributes = { 'account.id': command.accountId, ...('jobId' in command ? { 'job.id': command.jobId } : {}) };
    return inSpan(SPANS[command.type], { service: 'ledger', kind: 'server', attributes }, async () => {
      const outcome = await this.lanes.submit({ command, traceparent: currentTraceparent() });
      count(command, outcome);
      return outcome;
    });
  }

  /** The same decision inside a transaction of the caller, who has locked its watermark and nothing else. */
  async settleInTransaction(tx: Transaction, now: Date, command: Settle, traceparent: string): Promise<Outcome> {
    const [outcome] = await this.store.apply(tx, now, [{ command, traceparent }]);
    count(command, outcome!);
    return outcome!;
  }

  /** Resolves when everything submitted so far has its outcome. */
  settled(): Promise<void> {
    return this.lanes.settled();
  }
}

function count({ type }: LedgerCommand, { refusal, replayed }: Outcome): void {
  ledgerEntries.inc({ kind: type, answer: refusal ?? (replayed ? 'replayed' : 'accepted') });
}
