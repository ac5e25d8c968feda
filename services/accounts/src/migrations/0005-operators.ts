import { Migration } from '@mikro-orm/migrations';

export class Migration0005Operators extends Migration {
  override up(): void {
    this.addSql(operators);
    this.addSql(limitsWithAnEnd);
  }
}

const operators = /* sql */ `
create table operator (
  operator_id text primary key,
  -- Never given to anybody else: the audit log names its author by it.
  name text not null unique,
  role text not null check (role in ('operator', 'support', 'auditor')),
  token_sha256 bytea not null unique check (length(token_sha256) = 32),
  created_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
`;

/** When the limits before come back; what they were is in the event. */
const limitsWithAnEnd = /* sql */ `
alter table account_limits add column expires_at timestamptz;
create index account_limits_expiry on account_limits (expires_at) where expires_at is not null;
`;
