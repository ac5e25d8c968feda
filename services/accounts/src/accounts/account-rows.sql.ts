import type { AccountSuspended, ApiKeyCreated, Limits, LimitsSet } from '@usvideo/contracts/accounts';
import type { Transaction } from '@usvideo/event-store';
import { insertPerson, type NewPerson, peopleAt } from '../people/person.sql';
import type { AccountEvent } from './account';
import { ENVIRONMENTS, PLAN_LIMITS, type Plan } from './plan';

export interface Owner extends NewPerson {
  readonly memberId: string;
}

/** What is kept of a key's secret. */
export interface SecretParts {
  readonly digest: Buffer;
  readonly masked: string;
}

interface Parts {
  readonly owner?: Owner;
  readonly secrets?: ReadonlyMap<string, SecretParts>;
}

/** Brings the account's rows up to its newest events, in the transaction that records them. */
export async function projectAccountEvents(
  tx: Transaction,
  now: Date,
  accountId: string,
  events: readonly AccountEvent[],
  parts: Parts,
): Promise<void> {
  for (const event of events) await project(tx, now, accountId, event, parts);
}

async function project(
  tx: Transaction,
  now: Date,
  accountId: string,
  event: AccountEvent,
  parts: Parts,
): Promise<void> {
  switch (event.$case) {
    case 'accountCreated':
      return createAccount(tx, now, event.value, parts.owner);
    case 'limitsSet':
      return writeLimits(tx, event.value);
    case 'accountSuspended':
      return suspend(tx, now, accountId, event.value);
    case 'accountResumed':
      return writeStatus(tx, accountId, 'active', event.value.limitsVersion);
    case 'apiKeyCreated':
      return createKey(tx, now, accountId, event.value, parts.secrets?.get(event.value.keyId));
    case 'apiKeyRotated':
      return endKey(tx, event.value.keyId, 'expires_at', event.value.oldKeyExpiresAt ?? now);
    case 'apiKeyRevoked':
      return endKey(tx, event.value.keyId, 'revoked_at', now);
  }
}

async function createAccount(
  tx: Transaction,
  now: Date,
  account: { accountId: string; name: string; plan: string },
  owner: Owner | undefined,
): Promise<void> {
  if (owner === undefined) throw new Error('an account is created with its owner');
  await tx.query({
    name: 'account_insert',
    text: 'insert into account (account_id, name, plan, created_at) values ($1, $2, $3, $4)',
    values: [account.accountId, account.name, account.plan, now],
  });
  await tx.query({
    name: 'owner_insert',
    text: `insert into member (member_id, account_id, email, role, created_at, person_id) values ($1, $2, $3, 'owner', $4, $5)`,
    values: [owner.memberId, account.accountId, owner.email, now, await ownerOf(tx, now, owner)],
  });
  for (const environment of ENVIRONMENTS)
    await upsertLimits(tx, account.accountId, environment, PLAN_LIMITS[account.plan as Plan]);
}

/** Whoever registers with a password is somebody new until the address is proven; without one it is whoever proved the address. */
async function ownerOf(tx: Transaction, now: Date, owner: Owner): Promise<string> {
  const known =
    owner.passwordHash === undefined
      ? (await peopleAt(tx, owner.email)).find((person) => person.emailVerified)
      : undefined;
  if (known === undefined) await insertPerson(tx, now, owner);
  return known?.personId ?? owner.personId;
}

async function writeLimits(
  tx: Transaction,
  { accountId, environment, expiresAt, limits, limitsVersion }: LimitsSet,
): Promise<void> {
  if (limits === undefined) throw new Error('LimitsSet carries the limits');
  await upsertLimits(tx, accountId, environment, limits, expiresAt);
  await tx.query({
    name: 'account_limits_version',
    text: 'update account set limits_version = $2 where account_id = $1',
    values: [accountId, limitsVersion],
  });
}

const UPSERT_LIMITS = `
insert into account_limits (account_id, environment, concurrent_jobs, queued_jobs, creates_per_minute, reads_per_minute, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (account_id, environment) do update
set concurrent_jobs = excluded.concurrent_jobs, queued_jobs = excluded.queued_jobs,
    creates_per_minute = excluded.creates_per_minute, reads_per_minute = excluded.reads_per_minute, expires_at = excluded.expires_at`;

async function upsertLimits(
  tx: Transaction,
  accountId: string,
  environment: string,
  limits: Limits,
  expiresAt?: Date,
): Promise<void> {
  const { concurrentJobs, queuedJobs, createsPerMinute, readsPerMinute } = limits;
  await tx.query({
    name: 'account_limits_upsert',
    text: UPSERT_LIMITS,
    values: [accountId, environment, concurrentJobs, queuedJobs, createsPerMinute, readsPerMinute, expiresAt ?? null],
  });
}

async function suspend(
  tx: Transaction,
  now: Date,
  accountId: string,
  { closes, limitsVersion }: AccountSuspended,
): Promise<void> {
  await writeStatus(tx, accountId, 'suspended', limitsVersion);
  if (closes)
    await tx.query({
      name: 'account_close',
      text: 'update account set closed_at = $2 where account_id = $1',
      values: [accountId, now],
    });
}

async function writeStatus(tx: Transaction, accountId: string, status: string, limitsVersion: bigint): Promise<void> {
  await tx.query({
    name: 'account_status',
    text: 'update account set status = $2, limits_version = $3 where account_id = $1',
    values: [accountId, status, limitsVersion],
  });
}

const INSERT_KEY = `
insert into api_key (key_id, account_id, environment, name, scopes, masked_key, secret_sha256, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

async function createKey(
  tx: Transaction,
  now: Date,
  accountId: string,
  key: ApiKeyCreated,
  secret: SecretParts | undefined,
): Promise<void> {
  if (secret === undefined) throw new Error('a key is created with its secret');
  await tx.query({
    name: 'api_key_insert',
    text: INSERT_KEY,
    values: [key.keyId, accountId, key.environment, key.name, key.scopes, secret.masked, secret.digest, now],
  });
}

async function endKey(tx: Transaction, keyId: string, column: 'expires_at' | 'revoked_at', at: Date): Promise<void> {
  await tx.query({
    name: `api_key_${column}`,
    text: `update api_key set ${column} = $2 where key_id = $1`,
    values: [keyId, at],
  });
}
