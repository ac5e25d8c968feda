import { Migration } from '@mikro-orm/migrations';

export class Migration0007WaysIn extends Migration {
  override up(): void {
    this.addSql(waysIn);
  }
}

/** People known by an identity provider, their passkeys, and what was begun in a browser and is finished there. */
const waysIn = /* sql */ `
create table identity (
  issuer text not null,
  subject text not null,
  person_id text not null references person on delete cascade,
  created_at timestamptz not null,
  primary key (issuer, subject)
);
create index identity_person on identity (person_id);

create table passkey (
  passkey_id text primary key,
  credential_id text not null unique,
  person_id text not null references person on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id, created_at);

create table sign_in_flow (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  kind text not null check (kind in ('oidc', 'passkey', 'passkey_sign_in')),
  person_id text references person on delete cascade,
  -- What the answer must match: it opens nothing by itself.
  expected jsonb not null,
  expires_at timestamptz not null
);
create index sign_in_flow_person on sign_in_flow (person_id);
create index sign_in_flow_expiry on sign_in_flow (expires_at);
`;
