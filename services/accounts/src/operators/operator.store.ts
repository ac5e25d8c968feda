import { Inject, Injectable } from '@nestjs/common';
import type { Operator } from '@usvideo/contracts/accounts';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { faultOfOperatorName, type OperatorRole } from './operator';
import { type MintedToken, mintToken } from '../people/secret-token.store';

/** Who an identity provider says that somebody is. */
export interface OperatorIdentity {
  readonly issuer: string;
  readonly subject: string;
}

export interface FederatedOperator extends OperatorIdentity {
  /** Of whoever comes for the first time; it stays. */
  readonly name: string;
  readonly role: OperatorRole;
  readonly hours: number;
}

export interface NewOperator {
  readonly name: string;
  readonly role: string;
  /** 0: the token does not expire. */
  readonly expiresInDays: number;
}

/** Told apart from every other secret at a glance, by people and by secret scanners. */
const PREFIX = 'usv_op_';
const OPERATORS_MAX = 1_000;

const COLUMNS =
  'operator_id, name, role, created_at, last_used_at, expires_at, revoked_at, subject is not null as federated';
const EXPIRES = `case when $1 = 0 then null else clock_timestamp() + make_interval(days => $1) end`;
const INSERT = `
insert into operator (operator_id, name, role, token_sha256, created_at, expires_at) values ($2, $3, $4, $5, $6, ${EXPIRES})
on conflict (name) do nothing returning ${COLUMNS}`;
const REPLACE = `
update operator set token_sha256 = $3, expires_at = ${EXPIRES} where operator_id = $2 and revoked_at is null and subject is null returning ${COLUMNS}`;
const KNOWN = `select ${COLUMNS} from operator where issuer = $1 and subject = $2 for update`;
const FEDERATED_EXPIRES = `$4::timestamptz + make_interval(hours => $5)`;
const INSERT_FEDERATED = `
insert into operator (operator_id, role, token_sha256, created_at, expires_at, name, issuer, subject)
values ($1, $2, $3, $4, ${FEDERATED_EXPIRES}, $6, $7, $8) on conflict do nothing returning ${COLUMNS}`;
const REOPEN = `update operator set role = $2, token_sha256 = $3, expires_at = ${FEDERATED_EXPIRES} where operator_id = $1 returning ${COLUMNS}`;
const END = `
update operator set expires_at = $3 where issuer = $1 and subject = $2 and revoked_at is null and expires_at > $3 returning ${COLUMNS}`;
const REVOKE = `update operator set revoked_at = $2 where operator_id = $1 and revoked_at is null returning ${COLUMNS}`;
/** Its last use is noted once a minute at most. */
const VERIFY = `
with live as (
  select operator_id from operator where token_sha256 = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())
), used as (
  update operator o set last_used_at = clock_timestamp() from live
  where o.operator_id = live.operator_id and (o.last_used_at is null or o.last_used_at < clock_timestamp() - interval '1 minute')
)
select ${COLUMNS} from operator where operator_id = (select operator_id from live)`;

interface OperatorRow {
  operator_id: string;
  name: string;
  role: string;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  federated: boolean;
}

/** Who may administer. Each change is audited in the transaction that makes it. */
@Injectable()
export class OperatorStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined: somebody has or had this name. */
  create(operator: NewOperator, actor: Actor): Promise<{ operator: Operator; token: string } | undefined> {
    const minted = mintOperatorToken();
    const operatorId = newId('opr');
    return inTransaction(this.database, async (tx, now) => {
      const {
        rows: [row],
      } = await tx.query<OperatorRow>({
        name: 'operator_insert',
        text: INSERT,
        values: [operator.expiresInDays, operatorId, operator.name, operator.role, minted.digest, now],
      });
      if (row === undefined) return undefined;
      await audit(tx, now, actor, 'operator_created', row);
      return { operator: readOperator(row), token: minted.token };
    });
  }

  async list(): Promise<Operator[]> {
    const { rows } = await this.database.query<OperatorRow>({
      name: 'operator_list',
      text: `select ${COLUMNS} from operator order by name limit ${OPERATORS_MAX}`,
    });
    return rows.map(readOperator);
  }

  replaceToken(
    operatorId: string,
    expiresInDays: number,
    actor: Actor,
  ): Promise<{ operator: Operator; token: string } | undefined> {
    const minted = mintOperatorToken();
    return inTransaction(this.database, async (tx, now) => {
      const {
        rows: [row],
      } = await tx.query<OperatorRow>({
        name: 'operator_replace',
        text: REPLACE,
        values: [expiresInDays, operatorId, minted.digest],
      });
      if (row === undefined) return undefined;
      await audit(tx, now, actor, 'operator_token_replaced', row);
      return { operator: readOperator(row), token: minted.token };
    });
  }

  revoke(operatorId: string, actor: Actor): Promise<Operator | undefined> {
    return inTransaction(this.database, async (tx, now) => {
      const {
        rows: [row],
      } = await tx.query<OperatorRow>({ name: 'operator_revoke', text: REVOKE, values: [operatorId, now] });
      if (row === undefined) return undefined;
      await audit(tx, now, actor, 'operator_revoked', row);
      return readOperator(row);
    });
  }

  /** Opens somebody's session with a token that ends the one before, and makes an operator of whoever comes for the first time. */
  signInFederated(
    { issuer, subject, name, role, hours }: FederatedOperator,
    actor: Actor,
  ): Promise<{ refusal: 'revoked' | 'name_taken' } | { refusal: ''; operator: Operator; token: string }> {
    const minted = mintOperatorToken();
    return inTransaction(this.database, async (tx, now) => {
      const {
        rows: [known],
      } = await tx.query<OperatorRow>({ name: 'operator_known', text: KNOWN, values: [issuer, subject] });
      if (known?.revoked_at) return { refusal: 'revoked' };
      if (known === undefined && faultOfOperatorName(name) !== undefined) return { refusal: 'name_taken' };
      const values = [known?.operator_id ?? newId('opr'), role, minted.digest, now, hours];
      const {
        rows: [row],
      } =
        known === undefined
          ? await tx.query<OperatorRow>({
              name: 'operator_join',
              text: INSERT_FEDERATED,
              values: [...values, name, issuer, subject],
            })
          : await tx.query<OperatorRow>({ name: 'operator_reopen', text: REOPEN, values });
      if (row === undefined) return { refusal: 'name_taken' };
      await audit(tx, now, { ...actor, author: row.name }, 'operator_signed_in', row);
      return { refusal: '', operator: readOperator(row), token: minted.token };
    });
  }

  /** Whoever has no role any more has no session either. */
  async endFederated({ issuer, subject }: OperatorIdentity, actor: Actor): Promise<void> {
    await inTransaction(this.database, async (tx, now) => {
      const {
        rows: [row],
      } = await tx.query<OperatorRow>({ name: 'operator_end', text: END, values: [issuer, subject, now] });
      if (row !== undefined) await audit(tx, now, actor, 'operator_role_lost', row);
    });
  }

  async verify(digest: Uint8Array): Promise<Operator | undefined> {
    const { rows } = await this.database.query<OperatorRow>({
      name: 'operator_verify',
      text: VERIFY,
      values: [digest],
    });
    return rows[0] && readOperator(rows[0]);
  }

  /** What an operator orders of another service is on record before it is carried out. */
  async record({
    accountId,
    action,
    subject,
    order,
    actor,
  }: {
    accountId: string;
    action: string;
    subject: string;
    order: object;
    actor: Actor;
  }): Promise<void> {
    await inTransaction(this.database, (tx, now) =>
      appendAudit(tx, now, { accountId, actor, actions: [{ action, subject, after: order }] }),
    );
  }
}

function mintOperatorToken(): MintedToken {
  return mintToken(PREFIX);
}

function audit(tx: Transaction, now: Date, actor: Actor, action: string, row: OperatorRow): Promise<void> {
  const after = { name: row.name, role: row.role, expires_at: row.expires_at?.toISOString() ?? null };
  return appendAudit(tx, now, { accountId: '', actor, actions: [{ action, subject: row.operator_id, after }] });
}

function readOperator(row: OperatorRow): Operator {
  return {
    operatorId: row.operator_id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    federated: row.federated,
  };
}
