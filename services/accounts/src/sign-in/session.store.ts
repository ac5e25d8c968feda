import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '@usvideo/contracts/accounts';
import type { Database, Transaction } from '@usvideo/event-store';
import { CONFIG, DATABASE } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import type { MintedToken } from '../people/secret-token.store';

type SessionLife = Pick<AccountsConfig, 'SESSION_IDLE_SECONDS' | 'SESSION_LIFE_SECONDS'>;

interface SessionRow {
  person_id: string;
  email: string;
  name: string;
  email_verified: boolean;
  mfa_enabled: boolean;
  expires_at: Date;
  due: boolean;
  account_id: string;
  account_name: string;
  plan: string;
  member_id: string;
  role: string;
  suspended: boolean;
  memberships: { account_id: string; account_name: string; role: string }[];
}

/** Without a membership in its account, or in an account that is no more, a session opens nothing. */
const FIND = `
select p.person_id, p.email, p.name, p.email_verified_at is not null as email_verified, p.totp_confirmed_at is not null as mfa_enabled,
  s.expires_at, s.last_used_at < now() - interval '1 minute' as due,
  a.account_id, a.name as account_name, a.plan, m.member_id, m.role, a.status = 'suspended' as suspended,
  (select jsonb_agg(jsonb_build_object('account_id', x.account_id, 'account_name', y.name, 'role', x.role) order by x.created_at, x.account_id)
   from member x join account y using (account_id) where x.person_id = p.person_id) as memberships
from session s
join person p using (person_id)
join account a using (account_id)
join member m on m.account_id = s.account_id and m.person_id = s.person_id
where s.token_sha256 = $1 and s.expires_at > now() and s.last_used_at > now() - make_interval(secs => $2)`;
const TOUCH = `update session set last_used_at = now() where token_sha256 = $1 and last_used_at < now() - interval '1 minute'`;
const OPEN = `
insert into session (token_sha256, person_id, account_id, created_at, last_used_at, expires_at)
values ($1, $2, $3, $4, $4, $4::timestamptz + make_interval(secs => $5))`;
const FIRST_ACCOUNT = 'select account_id from member where person_id = $1 order by created_at, account_id limit 1';
const CHOOSE = `
update session s set account_id = m.account_id from member m
where s.token_sha256 = $1 and m.person_id = s.person_id and m.account_id = $2`;
const SWEEP = 'delete from session where expires_at < now() or last_used_at < now() - make_interval(secs => $1)';

/** Who is signed in. A token is kept as its digest. */
@Injectable()
export class SessionStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CONFIG) private readonly life: SessionLife,
  ) {}

  /** For the account, or for the person's first one. Undefined: they are a member of none. */
  async open(
    tx: Transaction,
    now: Date,
    { digest }: MintedToken,
    personId: string,
    accountId?: string,
  ): Promise<string | undefined> {
    const account =
      accountId ??
      (await tx.query<{ account_id: string }>({ name: 'account_first', text: FIRST_ACCOUNT, values: [personId] }))
        .rows[0]?.account_id;
    if (account !== undefined)
      await tx.query({
        name: 'session_open',
        text: OPEN,
        values: [digest, personId, account, now, this.life.SESSION_LIFE_SECONDS],
      });
    return account;
  }

  async find(digest: Uint8Array): Promise<Session | undefined> {
    const { rows } = await this.database.query<SessionRow>({
      name: 'session_find',
      text: FIND,
      values: [digest, this.life.SESSION_IDLE_SECONDS],
    });
    if (rows[0]?.due) await this.database.query({ name: 'session_touch', text: TOUCH, values: [digest] });
    return rows[0] && readSession(rows[0]);
  }

  /** False: the person is not a member of that account. */
  async choose(digest: Uint8Array, accountId: string): Promise<boolean> {
    const { rowCount } = await this.database.query({
      name: 'session_choose',
      text: CHOOSE,
      values: [digest, accountId],
    });
    return rowCount === 1;
  }

  async sweep(): Promise<void> {
    await this.database.query({ name: 'session_sweep', text: SWEEP, values: [this.life.SESSION_IDLE_SECONDS] });
  }
}

export async function endSession(tx: Transaction, digest: Uint8Array): Promise<void> {
  await tx.query({ name: 'session_end', text: 'delete from session where token_sha256 = $1', values: [digest] });
}

/** All of the person's, but for one if it is named. */
export async function endSessions(tx: Transaction, personId: string, but: Uint8Array = Buffer.alloc(0)): Promise<void> {
  await tx.query({
    name: 'sessions_end',
    text: 'delete from session where person_id = $1 and token_sha256 <> $2',
    values: [personId, but],
  });
}

function readSession(row: SessionRow): Session {
  return {
    personId: row.person_id,
    email: row.email,
    name: row.name,
    emailVerified: row.email_verified,
    mfaEnabled: row.mfa_enabled,
    accountId: row.account_id,
    accountName: row.account_name,
    accountPlan: row.plan,
    memberId: row.member_id,
    role: row.role,
    suspended: row.suspended,
    memberships: row.memberships.map((membership) => ({
      accountId: membership.account_id,
      accountName: membership.account_name,
      role: membership.role,
    })),
    expiresAt: row.expires_at,
  };
}
