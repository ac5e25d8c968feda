import { Inject, Injectable } from '@nestjs/common';
import { AccountEvent as AccountEventMessage } from '@usvideo/contracts/accounts';
import { execute, type Database, type Executed, type StreamKind, type Transaction } from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
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

export type AccountExecuted = Executed<AccountState, AccountRefusal>;

const ACCOUNTS: StreamKind<AccountState, AccountCommand, AccountEvent, AccountRefusal> = {
  decider: { decide, evolve },
  initial: NO_ACCOUNT,
  encode: (event) => AccountEventMessage.encode({ event }).finish(),
  decode: (payload) => AccountEventMessage.decode(payload).event,
  async lock(tx, accountId) {
    const { rows } = await tx.query<{ stream_version: bigint; stream_hash: Buffer }>({
      name: 'account_lock',
      text: 'select stream_version, stream_hash from account where account_id = $1 for update',
      values: [accountId],
    });
    return rows[0] && { version: rows[0].stream_version, hash: rows[0].stream_hash };
  },
  async advance(tx, accountId, { version, hash }) {
    await tx.query({
      name: 'account_head',
      text: 'update account set stream_version = $2, stream_hash = $3 where account_id = $1',
      values: [accountId, version, hash],
    });
  },
};

/** One transaction per command, which locks the account's row, then the audit head, then the shard head. */
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
  ): Promise<AccountExecuted> {
    const stream = { streamId: accountId, accountId, environment: '' };
    const executed = await execute(this.database, ACCOUNTS, stream, command, async (tx, now, { before, events }) => {
      await projectAccountEvents(tx, now, accountId, events, unrecorded);
      await unrecorded.besides?.(tx, now);
      const actions = events.map((event, index) =>
        auditedAction(accountId, events.slice(0, index).reduce(evolve, before), event),
      );
      await appendAudit(tx, now, { accountId, actor, actions });
    });
    if (executed.refusal === undefined) this.publisher.nudge();
    return executed;
  }
}
