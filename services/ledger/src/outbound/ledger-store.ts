import { appendEvents, type StreamHead, type Transaction } from '@usvideo/event-store';
import { Batch, type Loaded, type Outcome, type TracedCommand } from '../domain/batch';
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
    const locked = await this.lock(tx, commands);
    const batch = new Batch(await this.load(tx, now, commands, locked));
    const outcomes = commands.map((command) => batch.decide(command));
    await write(tx, now, batch, locked);
    return outcomes;
  };

  private async lock(tx: Transaction, commands: readonly TracedCommand[]): Promise<Map<string, LockedAccount>> {
    const ids = [...new Set(commands.map(({ command }) => command.accountId))].sort();
    const unknown = ids.filter((id) => !this.known.has(id));
    if (unknown.length > 0) await insertAccounts(tx, unknown);
    const locked = await lockAccounts(tx, ids);
    this.remember([...locked.values()]);
    return locked;
  }

  private remember(locked: readonly LockedAccount[]): void {
    if (this.known.size > KNOWN_ACCOUNTS_MAX) this.known.clear();
    for (const { balance } of locked) if (balance.version > 0n) this.known.add(balance.accountId);
  }

  private async load(tx: Transaction, now: Date, commands: readonly TracedCommand[], locked: Map<string, LockedAccount>): Promise<Loaded> {
    const jobIds = new Set<string>();
    const payments: { accountId: string; paymentRef: string }[] = [];
    for (const { command } of commands) {
      if (command.type === 'AddFunds') payments.push(command);
      else jobIds.add(command.jobId);
    }
    return {
      now,
      prices: await this.prices.rows(tx),
      accounts: new Map([...locked].map(([id, { balance }]) => [id, balance])),
      holds: await loadHolds(tx, [...jobIds]),
      payments: await loadPayments(tx, payments),
    };
  }
}

async function write(tx: Transaction, now: Date, batch: Batch, locked: Map<string, LockedAccount>): Promise<void> {
  const changed = batch.changedAccounts();
  if (changed.length === 0) return;
  await writeHolds(tx, now, batch.changedHolds);
  await insertPayments(tx, batch.payments);
  await insertUsage(tx, batch.usage);
  await insertEntries(tx, batch.entries);
  const heads = changed.map(({ accountId }) => headOf(locked, accountId));
  const appended = await appendEvents(tx, now, changed.map(({ accountId }, index) => ({
    streamId: accountId, accountId, environment: ENVIRONMENT, head: heads[index]!,
    events: (batch.events.get(accountId) ?? []).map(encodeEvent),
  })));
  // The account rows carry the new hashes and so are written after the events; they have been locked from the start.
  await updateAccounts(tx, changed.map((balance, index) => ({ previousVersion: heads[index]!.version, balance, head: appended[index]!.head })));
}

function headOf(locked: Map<string, LockedAccount>, accountId: string): StreamHead {
  const account = locked.get(accountId);
  if (account === undefined) throw new Error(`account ${accountId} was not locked`);
  return account.head;
}
