import { Inject, Injectable } from '@nestjs/common';
import { AccountEvent as AccountEventMessage } from '@usvideo/contracts/accounts';
import {
  appendEvents,
  inTransactionAgain,
  kindOf,
  type Database,
  type NewEvent,
  type StreamHead,
  type Transaction,
} from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
import { currentTraceparent } from '@usvideo/runtime';
import { DATABASE, PUBLISHER } from '@usvideo/service';
import { evolve, NO_ACCOUNT, type AccountEvent, type AccountState } from './account';
import { decide, type AccountCommand, type AccountRefusal } from './account-commands';
import { projectAccountEvents, type Owner, type SecretParts } from './account-rows.sql';
import { auditedAction } from './audited-action';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';

/** What a command needs written that may never enter an event. */
export interface Unrecorded {
  readonly owner?: Owner;
  /** By key id. */
  readonly secrets?: ReadonlyMap<string, SecretParts>;
  /** What is written beside the rows, in the same transaction. */
  readonly besides?: (tx: Transaction, now: Date) => Promise<void>;
}

export type Executed =
  { readonly refusal: AccountRefusal } | { readonly refusal: undefined; readonly state: AccountState };

/** Loads, decides, records: one transaction per command, which locks the account's row, then the audit head, then the shard head. */
@Injectable()
export class AccountStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(PUBLISHER) private readonly publisher: Publisher,
  ) {}

  /** `command` gets the database's clock. A transient failure or an unknown commit repeats the command under the same ids. */
  async execute(
    accountId: string,
    actor: Actor,
    command: (now: Date) => AccountCommand,
    unrecorded: Unrecorded = {},
  ): Promise<Executed> {
    const executed = await inTransactionAgain(this.database, (tx, now) =>
      this.apply(tx, now, accountId, actor, command(now), unrecorded),
    );
    if (executed.refusal === undefined) this.publisher.nudge();
    return executed;
  }

  private async apply(
    tx: Transaction,
    now: Date,
    accountId: string,
    actor: Actor,
    command: AccountCommand,
    unrecorded: Unrecorded,
  ): Promise<Executed> {
    const head = await lockAccount(tx, accountId);
    const state = head === undefined ? NO_ACCOUNT : await foldAccount(tx, accountId);
    const decision = decide(state, command);
    if (!decision.accepted) return { refusal: decision.refusal };
    const { events } = decision;
    if (events.length === 0) return { refusal: undefined, state };
    await projectAccountEvents(tx, now, accountId, events, unrecorded);
    await unrecorded.besides?.(tx, now);
    const actions = events.map((event, index) =>
      auditedAction(accountId, events.slice(0, index).reduce(evolve, state), event),
    );
    await appendAudit(tx, now, { accountId, actor, actions });
    await record(tx, now, accountId, head ?? { version: 0n, hash: Buffer.alloc(32) }, events);
    return { refusal: undefined, state: events.reduce(evolve, state) };
  }
}

async function lockAccount(tx: Transaction, accountId: string): Promise<StreamHead | undefined> {
  const { rows } = await tx.query<{ stream_version: bigint; stream_hash: Buffer }>({
    name: 'account_lock',
    text: 'select stream_version, stream_hash from account where account_id = $1 for update',
    values: [accountId],
  });
  return rows[0] && { version: rows[0].stream_version, hash: rows[0].stream_hash };
}

async function foldAccount(tx: Transaction, accountId: string): Promise<AccountState> {
  const { rows } = await tx.query<{ payload: Buffer }>({
    name: 'account_events',
    text: 'select payload from event where stream_id = $1 order by version',
    values: [accountId],
  });
  return rows
    .map(({ payload }) => AccountEventMessage.decode(payload).event)
    .filter((event) => event !== undefined)
    .reduce(evolve, NO_ACCOUNT);
}

async function record(
  tx: Transaction,
  now: Date,
  accountId: string,
  head: StreamHead,
  events: readonly AccountEvent[],
): Promise<void> {
  const traceparent = currentTraceparent();
  const recorded = events.map((event): NewEvent => ({
    kind: kindOf(event),
    payload: AccountEventMessage.encode({ event }).finish(),
    traceparent,
  }));
  const [appended] = await appendEvents(tx, now, [
    { streamId: accountId, accountId, environment: '', head, events: recorded },
  ]);
  await tx.query({
    name: 'account_head',
    text: 'update account set stream_version = $2, stream_hash = $3 where account_id = $1',
    values: [accountId, appended!.head.version, appended!.head.hash],
  });
}
