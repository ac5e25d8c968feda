import { Inject, Injectable } from '@nestjs/common';
import type { Member } from '@usvideo/contracts/accounts';
import { inTransactionAgain, newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { LetterBox } from '../mail/letter-box.store';
import { invitationLetter, topUpDeclinedLetter, type Links } from '../mail/letters';
import type { MintedToken } from './secret-token.store';
import type { Role } from './roles';
import { LINKS } from '../mail/tokens';

interface MemberRow {
  member_id: string;
  email: string;
  name: string;
  role: string;
  status: string;
  mfa_enabled: boolean;
  created_at: Date;
  expires_at: Date | null;
}

export const MEMBERS_MAX = 200;
const INVITATION_DAYS = 7;

const LIST = `
select m.member_id, p.email, p.name, m.role, 'active' as status, p.totp_confirmed_at is not null as mfa_enabled, m.created_at, null::timestamptz as expires_at
from member m join person p using (person_id) where m.account_id = $1
union all
select invitation_id, email, '', role, 'invited', false, created_at, expires_at from invitation where account_id = $1 and expires_at > now()
order by status, created_at, member_id limit ${MEMBERS_MAX}`;

const INVITE = `
insert into invitation (invitation_id, token_sha256, account_id, email, role, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $6::timestamptz + make_interval(days => ${INVITATION_DAYS}))
on conflict (account_id, lower(email)) do update
set token_sha256 = excluded.token_sha256, role = excluded.role, created_at = excluded.created_at, expires_at = excluded.expires_at
returning invitation_id, expires_at`;

const OWNERS = `
select p.person_id, p.email, a.name as account_name from member m join person p using (person_id) join account a using (account_id)
where m.account_id = $1 and m.role = 'owner' and p.email_verified_at is not null order by p.person_id limit ${MEMBERS_MAX}`;

export type MemberRefusal = 'already_member' | 'too_many_members' | 'letters_unset';

/** Who acts for an account. The account's row is the lock of its members. */
@Injectable()
export class MemberStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly letters: LetterBox,
    @Inject(LINKS) private readonly links: Links,
  ) {}

  async list(accountId: string): Promise<Member[]> {
    const { rows } = await this.database.query<MemberRow>({ name: 'member_list', text: LIST, values: [accountId] });
    return rows.map(readMember);
  }

  /** A letter to each owner who proved their address. One that waits about the same top-up is not written again. */
  async tellTopUpDeclined(accountId: string, topUpId: string, amount: string, paymentMethod: string): Promise<void> {
    await inTransactionAgain(this.database, async (tx, now) => {
      const { rows } = await tx.query<{ person_id: string; email: string; account_name: string }>({
        name: 'owners_of',
        text: OWNERS,
        values: [accountId],
      });
      for (const { person_id: personId, email, account_name: name } of rows) {
        const letter = topUpDeclinedLetter(email, name, { amount, paymentMethod }, this.links);
        await this.letters.write(tx, now, letter, `ltr_${topUpId}_${personId}`);
      }
    });
    this.letters.posted();
  }

  /** An address that is invited already gets another letter, and the link of the first stops working. */
  async invite(
    accountId: string,
    email: string,
    role: Role,
    minted: MintedToken,
    actor: Actor,
  ): Promise<MemberRefusal | Member | undefined> {
    if (!this.letters.writes) return 'letters_unset';
    const invited = await inTransactionAgain(
      this.database,
      async (tx, now): Promise<MemberRefusal | Member | undefined> => {
        const account = await lockAccount(tx, accountId);
        if (account === undefined) return undefined;
        const members = (await tx.query<MemberRow>({ name: 'member_list', text: LIST, values: [accountId] })).rows;
        const known = members.find((member) => member.email.toLowerCase() === email.toLowerCase());
        if (known?.status === 'active') return 'already_member';
        if (known === undefined && members.length >= MEMBERS_MAX) return 'too_many_members';
        const { rows } = await tx.query<{ invitation_id: string; expires_at: Date }>({
          name: 'invitation_upsert',
          text: INVITE,
          values: [newId('inv', now.getTime()), minted.digest, accountId, email, role, now],
        });
        const { invitation_id: memberId, expires_at: expiresAt } = rows[0]!;
        await this.letters.write(tx, now, invitationLetter(email, account.name, role, minted.token, this.links));
        await appendAudit(tx, now, {
          accountId,
          actor,
          actions: [{ action: 'member_invited', subject: memberId, after: { role } }],
        });
        return { memberId, email, name: '', role, status: 'invited', mfaEnabled: false, createdAt: now, expiresAt };
      },
    );
    this.letters.posted();
    return invited;
  }

  /** Undefined: there is no such member, or it is only invited. */
  setRole(accountId: string, memberId: string, role: Role, actor: Actor): Promise<'last_owner' | 'done' | undefined> {
    return this.change(accountId, memberId, async (tx, now, before) => {
      if (before.role === 'owner' && role !== 'owner' && (await ownersOf(tx, accountId)) <= 1) return 'last_owner';
      await tx.query({
        name: 'member_role',
        text: 'update member set role = $3 where account_id = $1 and member_id = $2',
        values: [accountId, memberId, role],
      });
      await appendAudit(tx, now, {
        accountId,
        actor,
        actions: [{ action: 'member_role_set', subject: memberId, before: { role: before.role }, after: { role } }],
      });
      return 'done';
    });
  }

  /** Their sessions for this account end. Of an invitation, its link ends. */
  async remove(accountId: string, memberId: string, actor: Actor): Promise<'last_owner' | 'done' | undefined> {
    if (memberId.startsWith('inv_')) return this.withdraw(accountId, memberId, actor);
    return this.change(accountId, memberId, async (tx, now, before) => {
      if (before.role === 'owner' && (await ownersOf(tx, accountId)) <= 1) return 'last_owner';
      await tx.query({
        name: 'member_delete',
        text: 'delete from member where account_id = $1 and member_id = $2',
        values: [accountId, memberId],
      });
      await tx.query({
        name: 'member_sessions_end',
        text: 'delete from session where account_id = $1 and person_id = $2',
        values: [accountId, before.person_id],
      });
      await appendAudit(tx, now, {
        accountId,
        actor,
        actions: [{ action: 'member_removed', subject: memberId, before: { role: before.role } }],
      });
      return 'done';
    });
  }

  private withdraw(accountId: string, invitationId: string, actor: Actor): Promise<'done' | undefined> {
    return inTransactionAgain(this.database, async (tx, now) => {
      const { rowCount } = await tx.query({
        name: 'invitation_delete',
        text: 'delete from invitation where account_id = $1 and invitation_id = $2',
        values: [accountId, invitationId],
      });
      if (rowCount === 0) return undefined;
      await appendAudit(tx, now, {
        accountId,
        actor,
        actions: [{ action: 'invitation_withdrawn', subject: invitationId }],
      });
      return 'done';
    });
  }

  private change<T>(
    accountId: string,
    memberId: string,
    work: (tx: Transaction, now: Date, before: { role: string; person_id: string }) => Promise<T>,
  ): Promise<T | undefined> {
    return inTransactionAgain(this.database, async (tx, now) => {
      await lockAccount(tx, accountId);
      const { rows } = await tx.query<{ role: string; person_id: string }>({
        name: 'member_get',
        text: 'select role, person_id from member where account_id = $1 and member_id = $2',
        values: [accountId, memberId],
      });
      return rows[0] === undefined ? undefined : work(tx, now, rows[0]);
    });
  }
}

async function lockAccount(tx: Transaction, accountId: string): Promise<{ name: string } | undefined> {
  const { rows } = await tx.query<{ name: string }>({
    name: 'account_name_lock',
    text: 'select name from account where account_id = $1 for update',
    values: [accountId],
  });
  return rows[0];
}

async function ownersOf(tx: Transaction, accountId: string): Promise<number> {
  const { rows } = await tx.query<{ owners: number }>({
    name: 'owners_count',
    text: `select count(*)::int as owners from member where account_id = $1 and role = 'owner'`,
    values: [accountId],
  });
  return rows[0]!.owners;
}

function readMember(row: MemberRow): Member {
  return {
    memberId: row.member_id,
    email: row.email,
    name: row.name,
    role: row.role,
    status: row.status,
    mfaEnabled: row.mfa_enabled,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
  };
}
