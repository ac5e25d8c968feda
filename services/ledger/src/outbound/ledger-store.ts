import { appendEvents, type StreamHead, type Transaction } from '@usvideo/event-store';
import { Batch, type Outcome, type TracedCommand } from '../domain/batch';
import { ENVIRONMENT, encodeEvent } from './event-codec';
import {
  insertAccounts, insertEntries, insertPayments, insertUsage, loadHolds, loadPayments, lockAccounts, updateAccounts, writeHolds,
  type LockedAccount,
} from './ledger-rows';
import type { PriceBook } from './price-book';

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

  /** Decides the commands in their order and writes what follows from them; one outcome per command. */
  readonly apply = async (tx: Transaction, now: Date, commands: readonly TracedCommand[]): Promise<Outcome[]> => {
    // One group: the statements go out together and run in this order, so that a hold is read after its account was locked.
    const [locked, holds, payments, prices] = await together([
      this.lock(tx, commands), loadHolds(tx, jobIdsOf(commands)), loadPayments(tx, paymentsOf(commands)), this.prices.rows(tx),
    ]);
    const accounts = new Map([...locked].map(([id, { balance }]) => [id, balance]));
    const batch = new Batch({ now, prices, accounts, holds, payments });
    const outcomes = commands.map((command) => batch.decide(command));
    await write(tx, now, batch, locked);
    return outcomes;
  };

  private async lock(tx: Transaction, commands: readonly TracedCommand[]): Promise<Map<string, LockedAccount>> {
    const ids = [...new Set(commands.map(({ command }) => command.accountId))].sort();
    const unknown = ids.filter((id) => !this.known.has(id));
    const inserted = unknown.length > 0 ? insertAccounts(tx, unknown) : undefined;
    const [locked] = await together([lockAccounts(tx, ids), inserted]);
    this.remember([...locked.values()]);
    return locked;
  }

  private remember(locked: readonly LockedAccount[]): void {
    if (this.known.size > KNOWN_ACCOUNTS_MAX) this.known.clear();
    for (const { balance } of locked) if (balance.version > 0n) this.known.add(balance.accountId);
  }
}

/**
 * The results of statements that were issued as one group. Waits for all of them, also when one failed: a part that went on
 * after the rollback would write outside of any transaction.
 */
async function together<const Parts extends readonly unknown[]>(parts: Parts): Promise<{ -readonly [Part in keyof Parts]: Awaited<Parts[Part]> }> {
  const settled = await Promise.allSettled(parts);
  const failed = settled.find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(parts) as Promise<{ -readonly [Part in keyof Parts]: Awaited<Parts[Part]> }>;
}

function jobIdsOf(commands: readonly TracedCommand[]): string[] {
  return [...new Set(commands.flatMap(({ command }) => (command.type === 'AddFunds' ? [] : [command.jobId])))];
}

function paymentsOf(commands: readonly TracedCommand[]): { accountId: string; paymentRef: string }[] {
  return commands.flatMap(({ command }) => (command.type === 'AddFunds' ? [command] : []));
}

async function write(tx: Transaction, now: Date, batch: Batch, locked: Map<string, LockedAccount>): Promise<void> {
  const changed = batch.changedAccounts();
  if (changed.length === 0) return;
  const heads = changed.map(({ accountId }) => headOf(locked, accountId));
  const appends = changed.map(({ accountId }, index) => ({
    streamId: accountId, accountId, environment: ENVIRONMENT, head: heads[index]!,
    events: (batch.events.get(accountId) ?? []).map(encodeEvent),
  }));
  // `appendEvents` comes last in the group, because it locks the shard heads.
  const [, , , , appended] = await together([
    writeHolds(tx, now, batch.changedHolds), insertPayments(tx, batch.payments), insertUsage(tx, batch.usage),
    insertEntries(tx, batch.entries), appendEvents(tx, now, appends),
  ]);
  // The account rows carry the new hashes and so are written after the events; they have been locked from the start.
  await updateAccounts(tx, changed.map((balance, index) => ({ previousVersion: heads[index]!.version, balance, head: appended[index]!.head })));
}

function headOf(locked: Map<string, LockedAccount>, accountId: string): StreamHead {
  const account = locked.get(accountId);
  if (account === undefined) throw new Error(`account ${accountId} was not locked`);
  return account.head;
}
