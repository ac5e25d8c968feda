import { Migration } from '@mikro-orm/migrations';
import { eventStoreSchema } from '@usvideo/event-store';

export class Migration0001Accounts extends Migration {
  override up(): void {
    this.addSql(eventStoreSchema);
    this.addSql(accountsSchema);
  }
}

/** `account` is the lock and the head of the account's stream; the other tables are read models and what no event may hold. */
const accountsSchema = /* sql */ `
create table account (
  account_id text primary key,
  name text not null,
  plan text not null check (plan in ('standard', 'enterprise')),
  status text not null default 'active' check (status in ('active', 'suspended')),
  limits_version bigint not null default 0,
  created_at timestamptz not null,
  stream_version bigint not null default 0,
  stream_hash bytea not null default decode(repeat('00', 32), 'hex')
);

create table account_limits (
  account_id text not null references account,
  environment text not null check (environment in ('live', 'test')),
  concurrent_jobs integer not null,
  queued_jobs integer not null,
  creates_per_minute integer not null,
  reads_per_minute integer not null,
  primary key (account_id, environment)
);

create table member (
  member_id text primary key,
  account_id text not null references account,
  email text not null,
  -- Null: nobody logs in as this member.
  password_hash text,
  role text not null check (role in ('owner', 'developer', 'billing', 'viewer')),
  created_at timestamptz not null
);
create unique index member_email on member (lower(email));
create unique index member_owner on member (account_id) where role = 'owner';

create table api_key (
  key_id text primary key,
  account_id text not null references account,
  environment text not null check (environment in ('live', 'test')),
  name text not null,
  scopes text[] not null,
  masked_key text not null,
  secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
  created_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index api_key_account on api_key (account_id, created_at, key_id);

create table audit_entry (
  seq bigint primary key,
  account_id text not null,
  author text not null,
  action text not null,
  subject text not null,
  at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null
);
create index audit_entry_account on audit_entry (account_id, seq);
create trigger audit_rows_never_change before update or delete on audit_entry for each row execute function refuse_change();
create trigger audit_table_is_never_truncated before truncate on audit_entry for each statement execute function refuse_change();

create table audit_head (
  only_row boolean primary key default true check (only_row),
  next_seq bigint not null default 1,
  last_hash bytea not null default decode(repeat('00', 32), 'hex')
);
insert into audit_head default values;
`;
