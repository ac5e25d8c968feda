import { Migration } from '@mikro-orm/migrations';

export class Migration0004People extends Migration {
  override up(): void {
    this.addSql(people);
    this.addSql(sessions);
    this.addSql(auditFields);
  }
}

/**
 * A person signs in and is a member of accounts. An address is one person's only once it is proven: whoever merely types another's
 * address learns nothing by it and gets nothing of theirs. The version before writes members without a person; the trigger makes one.
 */
const people = /* sql */ `
create table person (
  person_id text primary key,
  email text not null,
  name text not null default '',
  -- Null: nobody signs in as this person before a reset.
  password_hash text,
  email_verified_at timestamptz,
  totp_key_id text,
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  -- A code opens the door once.
  totp_last_step bigint not null default 0,
  created_at timestamptz not null
);
create unique index person_email_verified on person (lower(email)) where email_verified_at is not null;
create index person_email on person (lower(email), created_at);

alter table member add column person_id text references person;
insert into person (person_id, email, password_hash, email_verified_at, created_at)
select replace(member_id, 'mem_', 'usr_'), email, password_hash, created_at, created_at from member;
update member set person_id = replace(member_id, 'mem_', 'usr_');
alter table member alter column person_id set not null;

create function member_has_person() returns trigger language plpgsql as $$
begin
  if new.person_id is null then
    new.person_id := replace(new.member_id, 'mem_', 'usr_');
    insert into person (person_id, email, password_hash, created_at) values (new.person_id, new.email, new.password_hash, new.created_at);
  end if;
  return new;
end $$;
create trigger member_has_person before insert on member for each row execute function member_has_person();

drop index member_email;
drop index member_owner;
create index member_owner on member (account_id, created_at) where role = 'owner';
create unique index member_person on member (account_id, person_id);
create index member_of_person on member (person_id);
`;

const sessions = /* sql */ `
create table session (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  person_id text not null references person on delete cascade,
  account_id text not null references account,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_person on session (person_id);
create index session_expiry on session (expires_at);

create table mail_token (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  person_id text not null references person on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index mail_token_person on mail_token (person_id);
create index mail_token_expiry on mail_token (expires_at);

create table invitation (
  invitation_id text primary key,
  token_sha256 bytea not null unique check (length(token_sha256) = 32),
  account_id text not null references account,
  email text not null,
  role text not null check (role in ('owner', 'developer', 'billing', 'viewer')),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index invitation_email on invitation (account_id, lower(email));
create index invitation_expiry on invitation (expires_at);

-- Lost with a crash, which forgives some failed attempts.
create unlogged table attempt_count (
  subject_sha256 bytea primary key,
  attempts integer not null,
  window_started_at timestamptz not null
);
create index attempt_count_window on attempt_count (window_started_at);

-- Sealed: a letter holds a token that opens an account.
create table letter (
  letter_id text primary key,
  key_id text not null,
  sealed bytea not null,
  attempts integer not null default 0,
  due_at timestamptz not null,
  created_at timestamptz not null
);
create index letter_due on letter (due_at);
`;

/** Entries of format 1 were made by the version before, and are hashed as it hashed them. */
const auditFields = /* sql */ `
alter table audit_entry
  add column format smallint not null default 1,
  add column address text not null default '',
  add column request_id text not null default '',
  add column before text not null default '',
  add column after text not null default '';
create index audit_entry_at on audit_entry (at);
-- Where the log begins once retention has taken older entries.
alter table audit_head
  add column first_seq bigint not null default 1,
  add column first_previous_hash bytea not null default decode(repeat('00', 32), 'hex');
`;
