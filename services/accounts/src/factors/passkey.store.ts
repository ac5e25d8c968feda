import { Inject, Injectable } from '@nestjs/common';
import type { Passkey } from '@usvideo/contracts/accounts';
import { newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

/** A credential as it is verified. */
export interface Credential {
  readonly credentialId: string;
  readonly personId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: string[];
}

export const PASSKEYS_MAX = 20;

const COLUMNS = 'passkey_id as "passkeyId", name, created_at as "createdAt", last_used_at as "lastUsedAt"';
const LIST = `select ${COLUMNS} from passkey where person_id = $1 order by created_at, passkey_id limit ${PASSKEYS_MAX}`;
const INSERT = `
insert into passkey (passkey_id, credential_id, person_id, public_key, counter, transports, name, created_at)
select $1, $2, $3, $4, $5, $6, $7, $8 where (select count(*) from passkey where person_id = $3) < ${PASSKEYS_MAX}
on conflict (credential_id) do nothing returning ${COLUMNS}`;
const FIND = `
select credential_id as "credentialId", person_id as "personId", public_key as "publicKey", counter::float8 as counter, transports from passkey where credential_id = $1`;
/** A counter that does not grow is a copied key; those that do not count stay at nought. */
const USE = `
update passkey set counter = $2, last_used_at = now() where credential_id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`;
const REMOVE = 'delete from passkey where person_id = $1 and passkey_id = $2';

@Injectable()
export class Passkeys {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async list(personId: string): Promise<Passkey[]> {
    const { rows } = await this.database.query<Passkey & { lastUsedAt: Date | null }>({
      name: 'passkey_list',
      text: LIST,
      values: [personId],
    });
    return rows.map((row) => ({ ...row, lastUsedAt: row.lastUsedAt ?? undefined }));
  }

  async credentialIds(personId: string): Promise<string[]> {
    const { rows } = await this.database.query<{ credential_id: string }>({
      name: 'passkey_ids',
      text: `select credential_id from passkey where person_id = $1 limit ${PASSKEYS_MAX}`,
      values: [personId],
    });
    return rows.map((row) => row.credential_id);
  }

  /** Undefined: it is kept already, or the person has as many as anybody may. */
  async add(
    tx: Transaction,
    now: Date,
    { credentialId, personId, publicKey, counter, transports }: Credential,
    name: string,
  ): Promise<Passkey | undefined> {
    const {
      rows: [row],
    } = await tx.query<Passkey>({
      name: 'passkey_insert',
      text: INSERT,
      values: [
        newId('pky', now.getTime()),
        credentialId,
        personId,
        Buffer.from(publicKey),
        counter,
        transports,
        name,
        now,
      ],
    });
    return row && { ...row, lastUsedAt: undefined };
  }

  async find(credentialId: string): Promise<Credential | undefined> {
    const {
      rows: [row],
    } = await this.database.query<Credential>({ name: 'passkey_find', text: FIND, values: [credentialId] });
    return row && { ...row, publicKey: new Uint8Array(row.publicKey) };
  }

  /** False: the key was copied. */
  async use(credentialId: string, counter: number): Promise<boolean> {
    return (
      (await this.database.query({ name: 'passkey_use', text: USE, values: [credentialId, counter] })).rowCount === 1
    );
  }

  /** False: there is no such passkey of theirs. */
  async remove(tx: Transaction, personId: string, passkeyId: string): Promise<boolean> {
    return (await tx.query({ name: 'passkey_remove', text: REMOVE, values: [personId, passkeyId] })).rowCount === 1;
  }
}
