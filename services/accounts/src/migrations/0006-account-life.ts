import { Migration } from '@mikro-orm/migrations';

export class Migration0006AccountLife extends Migration {
  override up(): void {
    this.addSql(auditRetention);
    this.addSql(accountLife);
  }
}

/** Entries before the place where the log begins may go; the head is moved first, and keeps the hash that they end with. */
const auditRetention = /* sql */ `
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.seq < (select first_seq from audit_head) then return old; end if;
  raise exception 'the audit log is append-only' using errcode = 'restrict_violation';
end $$;
drop trigger audit_rows_never_change on audit_entry;
create trigger audit_rows_never_change before update or delete on audit_entry for each row execute function refuse_audit_change();
`;

/** A closed account stays suspended for the version before, which knows nothing of closing. */
const accountLife = /* sql */ `
alter table account add column closed_at timestamptz, add column erased_at timestamptz;
`;
