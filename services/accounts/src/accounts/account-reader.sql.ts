import { Inject, Injectable } from '@nestjs/common';
import { type Account, AccountStatus, type ApiKey, type Limits } from '@usvideo/contracts/accounts';
import { type NameOf, statusAs } from '@usvideo/contracts/names';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Environment } from './plan';

interface LimitsRow {
  concurrent_jobs: number;
  queued_jobs: number;
  creates_per_minute: number;
  reads_per_minute: number;
  expires_at: string | null;
}

interface AccountRow {
  account_id: string;
  name: string;
  email: string;
  plan: string;
  status: NameOf<typeof AccountStatus>;
  created_at: Date;
  live_limits: LimitsRow;
  test_limits: LimitsRow;
}

interface KeyRow {
  key_id: string;
  name: string;
  environment: string;
  masked_key: string;
  scopes: string[];
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
}

const SELECT_ACCOUNT = `
select a.account_id, a.name, coalesce(p.email, '') as email, a.plan, a.created_at,
  case when a.erased_at is not null then 'erased' when a.closed_at is not null then 'closed' else a.status end as status,
  to_jsonb(l) as live_limits, to_jsonb(t) as test_limits
from account a
left join lateral (
  select o.email from member m join person o using (person_id) where m.account_id = a.account_id and m.role = 'owner' order by m.created_at, m.member_id limit 1
) p on true
join account_limits l on l.account_id = a.account_id and l.environment = 'live'
join account_limits t on t.account_id = a.account_id and t.environment = 'test'`;

const SELECT_KEY = `
select key_id, name, environment, masked_key, scopes, created_at, last_used_at, expires_at from api_key`;

/** What accounts shows of itself: committed rows, never secrets. */
@Injectable()
export class AccountReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async getAccount(accountId: string): Promise<Account | undefined> {
    const { rows } = await this.database.query<AccountRow>({
      name: 'account_get',
      text: `${SELECT_ACCOUNT} where a.account_id = $1`,
      values: [accountId],
    });
    return rows[0] && readAccount(rows[0]);
  }

  /** Oldest first; one more than `limit` when there are more. */
  async listAccounts(afterAccountId: string, limit: number): Promise<Account[]> {
    const { rows } = await this.database.query<AccountRow>({
      name: 'account_list',
      text: `${SELECT_ACCOUNT} where a.account_id > $1 order by a.account_id limit $2`,
      values: [afterAccountId, limit + 1],
    });
    return rows.map(readAccount);
  }

  /** Whose limits have come to their end. */
  async endedLimits(limit: number): Promise<{ accountId: string; environment: Environment }[]> {
    const { rows } = await this.database.query<{ account_id: string; environment: Environment }>({
      name: 'account_limits_ended',
      text: 'select account_id, environment from account_limits where expires_at <= clock_timestamp() order by expires_at limit $1',
      values: [limit],
    });
    return rows.map((row) => ({ accountId: row.account_id, environment: row.environment }));
  }

  async getKey(accountId: string, keyId: string): Promise<ApiKey | undefined> {
    const { rows } = await this.database.query<KeyRow>({
      name: 'api_key_get',
      text: `${SELECT_KEY} where account_id = $1 and key_id = $2`,
      values: [accountId, keyId],
    });
    return rows[0] && readKey(rows[0]);
  }

  /** The keys that still open the door, oldest first. */
  async listKeys(accountId: string): Promise<ApiKey[]> {
    const { rows } = await this.database.query<KeyRow>({
      name: 'api_key_list',
      text: `${SELECT_KEY} where account_id = $1 and revoked_at is null and (expires_at is null or expires_at > now()) order by created_at, key_id`,
      values: [accountId],
    });
    return rows.map(readKey);
  }
}

function readAccount(row: AccountRow): Account {
  return {
    accountId: row.account_id,
    name: row.name,
    email: row.email,
    plan: row.plan,
    ...statusAs(AccountStatus, row.status),
    createdAt: row.created_at,
    liveLimits: readLimits(row.live_limits),
    testLimits: readLimits(row.test_limits),
    liveLimitsExpireAt: momentOf(row.live_limits.expires_at),
    testLimitsExpireAt: momentOf(row.test_limits.expires_at),
  };
}

function readLimits(row: LimitsRow): Limits {
  return {
    concurrentJobs: row.concurrent_jobs,
    queuedJobs: row.queued_jobs,
    createsPerMinute: row.creates_per_minute,
    readsPerMinute: row.reads_per_minute,
  };
}

/** As JSON has it. */
function momentOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}

function readKey(row: KeyRow): ApiKey {
  return {
    keyId: row.key_id,
    name: row.name,
    environment: row.environment,
    maskedKey: row.masked_key,
    scopes: row.scopes,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
  };
}
