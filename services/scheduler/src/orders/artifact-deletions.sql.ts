/** A database, or a transaction in it. */
interface Executor {
  query<Row extends object>(statement: {
    readonly name: string;
    readonly text: string;
    readonly values: unknown[];
  }): Promise<{ rows: Row[] }>;
}

/** Any submission is over long before. */
const ANNOUNCED_FOR = '1 hour';
/** Whoever asked for an erasure deletes at once; the queue is for when they do not come to it. */
const AFTER_ERASURE = '30 seconds';
const CLAIMED_FOR = '1 minute';

const ANNOUNCE = `insert into artifact_deletion (artifact_key, due_at) values ($1, clock_timestamp() + interval '${ANNOUNCED_FOR}') on conflict do nothing`;

const ANNOUNCE_UPLOAD = `
insert into artifact_deletion (artifact_key, account_id, due_at)
values ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond') on conflict do nothing`;

const EXPIRE_UPLOADS =
  'update artifact_deletion set due_at = clock_timestamp() where account_id = $1 and due_at > clock_timestamp()';

const ERASE = `
insert into artifact_deletion (artifact_key, due_at) select key, clock_timestamp() + interval '${AFTER_ERASURE}' from unnest($1::text[]) as u (key) on conflict do nothing`;

const CLAIM = `
update artifact_deletion d set due_at = clock_timestamp() + interval '${CLAIMED_FOR}'
from (select artifact_key from artifact_deletion where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) as due
where d.artifact_key = due.artifact_key
returning d.artifact_key`;

const FORGET = 'delete from artifact_deletion where artifact_key = any($1::text[])';

/** A file of an order: to be deleted, unless a job is made of the order. */
export async function announceArtifact(database: Executor, key: string): Promise<void> {
  await database.query({ name: 'artifact_announce', text: ANNOUNCE, values: [key] });
}

/** A file that is there ahead of any job, for so long and no longer than its account is. */
export async function announceUpload(
  database: Executor,
  key: string,
  accountId: string,
  keepMs: number,
): Promise<void> {
  await database.query({ name: 'upload_announce', text: ANNOUNCE_UPLOAD, values: [key, accountId, keepMs] });
}

/** Jobs that begin with one have a copy of their own. */
export async function expireUploads(database: Executor, accountId: string): Promise<void> {
  await database.query({ name: 'uploads_expire', text: EXPIRE_UPLOADS, values: [accountId] });
}

/** In the transaction that takes the last mention of them away. */
export async function deleteArtifacts(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await tx.query({ name: 'artifact_delete', text: ERASE, values: [keys] });
}

export async function claimArtifactDeletions(database: Executor, limit: number): Promise<string[]> {
  const { rows } = await database.query<{ artifact_key: string }>({
    name: 'artifact_deletions_claim',
    text: CLAIM,
    values: [limit],
  });
  return rows.map((row) => row.artifact_key);
}

/** They are deleted, or a job refers to them: nothing is left to do. */
export async function forgetArtifacts(database: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await database.query({ name: 'artifacts_forget', text: FORGET, values: [keys] });
}
