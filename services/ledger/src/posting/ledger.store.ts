import { ownerOf } from '@usvideo/contracts/books';
import { appendEvents, together, type Transaction } from '@usvideo/event-store';
import { reinstatementRef } from '../account/account';
import { Batch, keysOf, type Outcome, type TracedCommand } from '../account/batch';
import { monthOf, recordingTime, type AccountBalance } from '../account/account-balance';
import { insertAccounts, lockAccounts, updateAccounts, type LockedAccount } from './account-rows.sql';
import { encodeEvent } from './event-codec';
import { loadHolds, loadOpenHolds, writeHolds } from './hold-rows.sql';
import {
  countKeys,
  insertDone,
  loadDone,
  loadKeyCaps,
  loadPayments,
  writeKeyCaps,
  writePayments,
} from './money-rows.sql';
import type { PriceBook } from '../prices/price-book.sql';
import { addUsageDays, insertEntries, insertStatements, insertUsage, refundUsage } from './usage-rows.sql';

/** Accounts remembered as existing, at most; above it the memory starts anew. */
const KNOWN_ACCOUNTS_MAX = 100_000;

/**
 * The only writer of the ledger's tables. Lock order: account rows by id, then the shard heads inside `appendEvents`; a caller
 * that keeps a watermark locks it first.
 */
export class LedgerStore {
  /** Accounts with a committed event: their rows exist for ever and need no insert. */
  private readonly known = new Set<string>();

  constructor(private readonly prices: PriceBook) {}

  /**
   * Decides the commands in their order and writes what follows from them; one outcome per command.
   * @param opening the time, or that of a transaction which is only now opening
   */
  readonly apply = async (
    tx: Transaction,
    opening: Date | Promise<Date>,
    commands: readonly TracedCommand[],
  ): Promise<Outcome[]> => {
    const accountIds = [...new Set(commands.map(({ command }) => command.accountId))].sort();
    // One group: the statements go out together and run in this order, so that a hold is read after its account was locked.
    const [now, locked, holds, payments, done, keyCaps, prices] = await together([
      opening,
      this.lock(tx, accountIds),
      loadHolds(tx, jobIdsOf(commands)),
      loadPayments(tx, paymentsOf(commands)),
      loadDone(tx, doneOf(commands)),
      loadKeyCaps(tx, accountIds),
      this.prices.rows(tx),
    ]);
    const accounts = new Map([...locked].map(([id, { balance }]) => [id, balance]));
    const [openHolds, countedKeys] = await together([
      loadOpenHolds(tx, endingMonths([...accounts.values()], now)),
      countKeys(tx, keysToCount(commands, accounts, now)),
    ]);
    const batch = new Batch({ now, prices, accounts, holds, payments, done, keyCaps, countedKeys, openHolds });
    const outcomes = commands.map((command) => batch.decide(command));
    await write(tx, now, batch, locked);
    return outcomes;
  };

  private async lock(tx: Transaction, ids: readonly string[]): Promise<Map<string, LockedAccount>> {
    const unknown = ids.filter((id) => !this.known.has(id));
    const inserted = unknown.length > 0 ? insertAccounts(tx, unknown) : undefined;
    // The insert comes first: what fails there is why the lock fails behind it.
    const [, locked] = await together([inserted, lockAccounts(tx, ids)]);
    this.remember([...locked.values()]);
    return locked;
  }

  private remember(locked: readonly LockedAccount[]): void {
    if (this.known.size > KNOWN_ACCOUNTS_MAX) this.known.clear();
    for (const { balance } of locked) if (balance.version > 0n) this.known.add(balance.accountId);
  }
}

function jobIdsOf(commands: readonly TracedCommand[]): string[] {
  return [...new Set(commands.flatMap(({ command }) => ('jobId' in command ? [command.jobId] : [])))];
}

function paymentsOf(commands: readonly TracedCommand[]): { accountId: string; paymentRef: string }[] {
  return commands.flatMap(({ command }) => {
    if (!('paymentRef' in command)) return [];
    return command.type === 'ReinstateFunds'
      ? [command, { accountId: command.accountId, paymentRef: reinstatementRef(command.reversalRef) }]
      : [command];
  });
}

function doneOf(commands: readonly TracedCommand[]): { accountId: string; kind: string; reference: string }[] {
  return commands.flatMap(({ command }) => keysOf(command));
}

/** Accounts whose month is over; their closing names what is held. */
function endingMonths(balances: readonly AccountBalance[], now: Date): string[] {
  return balances
    .filter((balance) => balance.period.month !== '' && balance.period.month < monthOf(recordingTime(balance, now)))
    .map((balance) => balance.accountId);
}

function keysToCount(
  commands: readonly TracedCommand[],
  accounts: ReadonlyMap<string, AccountBalance>,
  now: Date,
): { accountId: string; apiKeyId: string; month: string }[] {
  return commands.flatMap(({ command }) =>
    command.type !== 'SetSpendCap' || command.apiKeyId === ''
      ? []
      : [
          {
            accountId: command.accountId,
            apiKeyId: command.apiKeyId,
            month: monthOf(recordingTime(accounts.get(command.accountId)!, now)),
          },
        ],
  );
}

async function write(tx: Transaction, now: Date, batch: Batch, locked: Map<string, LockedAccount>): Promise<void> {
  const changed = batch.changedAccounts();
  if (changed.length === 0) return;
  const { rows } = batch;
  const before = changed.map(({ accountId }) => lockedOf(locked, accountId));
  const appends = changed.map(({ accountId, lastRecordedAt }, index) => ({
    streamId: accountId,
    ...ownerOf(accountId),
    head: before[index]!.head,
    events: (batch.events.get(accountId) ?? []).map(encodeEvent),
    recordedAt: lastRecordedAt ?? now,
  }));
  // `appendEvents` comes last in the group, because it locks the shard heads. The account rows carry the new hashes and so are
  // written by it.
  await together([
    writeHolds(tx, rows.holds),
    writePayments(tx, rows.payments.values()),
    insertDone(tx, rows.done),
    writeKeyCaps(tx, rows.keyCaps.values()),
    insertUsage(tx, rows.usage),
    addUsageDays(tx, rows.usageDays.values()),
    refundUsage(tx, rows.refunds),
    insertStatements(tx, rows.statements),
    insertEntries(tx, rows.entries),
    appendEvents(tx, now, appends, (heads) =>
      updateAccounts(
        tx,
        changed.map((balance, index) => ({ before: before[index]!, balance, head: heads[index]! })),
      ),
    ),
  ]);
}

function lockedOf(locked: Map<string, LockedAccount>, accountId: string): LockedAccount {
  const account = locked.get(accountId);
  if (account === undefined) throw new Error(`account ${accountId} was not locked`);
  return account;
}
