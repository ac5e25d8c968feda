import type { Transaction } from '@usvideo/event-store';

type Queries = Pick<Transaction, 'query'>;

export interface Person {
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  /** Undefined: nobody signs in as this person before a reset. */
  readonly passwordHash: string | undefined;
  readonly emailVerified: boolean;
  readonly totp: { readonly keyId: string; readonly sealed: Buffer; readonly confirmed: boolean } | undefined;
}

interface PersonRow {
  person_id: string;
  email: string;
  name: string;
  password_hash: string | null;
  email_verified_at: Date | null;
  totp_key_id: string | null;
  totp_sealed: Buffer | null;
  totp_confirmed_at: Date | null;
}

const COLUMNS = 'person_id, email, name, password_hash, email_verified_at, totp_key_id, totp_sealed, totp_confirmed_at';
/** People who typed the same address and did not prove it; beyond it the oldest of them have to. */
const SAME_ADDRESS_MAX = 5;

function readPerson(row: PersonRow): Person {
  const totp =
    row.totp_sealed === null
      ? undefined
      : { keyId: row.totp_key_id!, sealed: row.totp_sealed, confirmed: row.totp_confirmed_at !== null };
  return {
    personId: row.person_id,
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash ?? undefined,
    emailVerified: row.email_verified_at !== null,
    totp,
  };
}

/** Whoever proved the address, then those who only typed it, newest first. */
export async function peopleAt(db: Queries, email: string): Promise<Person[]> {
  const { rows } = await db.query<PersonRow>({
    name: 'people_at',
    values: [email, SAME_ADDRESS_MAX],
    text: `select ${COLUMNS} from person where lower(email) = lower($1) order by email_verified_at is null, created_at desc limit $2`,
  });
  return rows.map(readPerson);
}

export async function getPerson(db: Queries, personId: string, lock = false): Promise<Person | undefined> {
  const { rows } = await db.query<PersonRow>({
    name: lock ? 'person_lock' : 'person_get',
    values: [personId],
    text: `select ${COLUMNS} from person where person_id = $1${lock ? ' for update' : ''}`,
  });
  return rows[0] && readPerson(rows[0]);
}

export interface NewPerson {
  readonly personId: string;
  readonly email: string;
  readonly passwordHash: string | undefined;
  readonly emailVerified: boolean;
}

export async function insertPerson(
  tx: Transaction,
  now: Date,
  { personId, email, passwordHash, emailVerified }: NewPerson,
): Promise<void> {
  await tx.query({
    name: 'person_insert',
    values: [personId, email, passwordHash ?? null, emailVerified ? now : null, now],
    text: 'insert into person (person_id, email, password_hash, email_verified_at, created_at) values ($1, $2, $3, $4, $5)',
  });
}

export async function setPassword(tx: Transaction, personId: string, passwordHash: string): Promise<void> {
  await tx.query({
    name: 'person_password',
    values: [personId, passwordHash],
    text: 'update person set password_hash = $2 where person_id = $1',
  });
}

const ABSORBED = `
select person_id from person
where lower(email) = lower($1) and person_id <> $2 and email_verified_at is null and (person_id = $3 or password_hash is null) for update`;
const TAKE_MEMBERSHIPS = `
update member m set person_id = $2
where m.person_id = any($1::text[]) and not exists (select from member mine where mine.account_id = m.account_id and mine.person_id = $2)`;

/**
 * The address is this person's, or another's who proved it before and now takes over what was registered with it: the password that
 * came with an unproven address opens nothing afterwards. What operators made for the address without a password goes along.
 * Answers who the person is now.
 */
export async function proveEmail(tx: Transaction, now: Date, person: Person): Promise<string> {
  const proven = (await peopleAt(tx, person.email)).find((candidate) => candidate.emailVerified);
  const personId = proven?.personId ?? person.personId;
  if (proven === undefined) {
    await tx.query({
      name: 'person_verify',
      values: [personId, now],
      text: 'update person set email_verified_at = $2 where person_id = $1',
    });
  }
  const { rows } = await tx.query<{ person_id: string }>({
    name: 'people_absorbed',
    values: [person.email, personId, person.personId],
    text: ABSORBED,
  });
  const absorbed = rows.map((row) => row.person_id);
  if (absorbed.length > 0) {
    await tx.query({ name: 'memberships_take', values: [absorbed, personId], text: TAKE_MEMBERSHIPS });
    await tx.query({
      name: 'memberships_twice',
      values: [absorbed],
      text: 'delete from member where person_id = any($1::text[])',
    });
    await tx.query({
      name: 'people_absorb',
      values: [absorbed],
      text: 'delete from person where person_id = any($1::text[])',
    });
  }
  return personId;
}

/** Accounts that somebody who proved their address owns. */
export async function ownedAccounts(db: Queries, personId: string): Promise<string[]> {
  const { rows } = await db.query<{ account_id: string }>({
    name: 'accounts_owned',
    values: [personId],
    text: `select account_id from member where person_id = $1 and role = 'owner' order by account_id limit 100`,
  });
  return rows.map((row) => row.account_id);
}
