import type { Database, Transaction } from '../database';

/** The newest schema level that this version reads. It goes up with the first kind of event, enum value or column that the version before does not know. */
export const SCHEMA_LEVEL = 1;

/** A database without events has nobody who could not read what this version writes. */
export const schemaLevelSchema = /* sql */ `
create table schema_level (
  only_row boolean primary key default true check (only_row),
  level smallint not null check (level >= 1)
);
insert into schema_level (level) select case when exists (select from event) then 1 else ${SCHEMA_LEVEL} end;

create function refuse_lower_level() returns trigger language plpgsql as $$
begin
  raise exception 'schema_level never goes down: % is refused after %', new.level, old.level using errcode = 'check_violation';
end $$;
create trigger schema_level_never_goes_down before update on schema_level for each row when (new.level < old.level) execute function refuse_lower_level();
`;

/** A newer version writes what this one cannot read, or something would be written that an older version cannot read. */
export class SchemaLevelRefused extends Error {
  override readonly name = 'SchemaLevelRefused';
}

/** The level in force: an operator raises it when no process of the version before runs any more (`docs/runbooks/upgrade.md`). */
export async function schemaLevel(database: Pick<Transaction, 'query'>): Promise<number> {
  const { rows } = await database.query<{ level: number }>({
    name: 'schema_level',
    text: 'select level from schema_level',
  });
  return rows[0]!.level;
}

/**
 * For a process that starts.
 * @throws SchemaLevelRefused when the database was raised above what this version reads
 */
export async function requireReadable(database: Database, known = SCHEMA_LEVEL): Promise<void> {
  const level = await schemaLevel(database);
  if (level > known)
    throw new SchemaLevelRefused(
      `schema_level: the database is at ${level} and this version reads up to ${known}. There is no way back from a raised level: start the newer version`,
    );
}

/** @throws SchemaLevelRefused for what needs a higher level than the one in force */
export async function requireWritable(tx: Transaction, needed: number): Promise<void> {
  if (needed <= 1) return;
  const level = await schemaLevel(tx);
  if (needed > level)
    throw new SchemaLevelRefused(
      `schema_level: the database is at ${level}, and what should be written needs ${needed}`,
    );
}
