import { together, type Transaction } from '@usvideo/event-store';
import type { Environment } from '../job/job';
import type { RateDecision } from '../limits/rate';
import type { CreateRefusal } from './create-outcome';
import { spendRates, type RateCheck } from '../limits/rate-limiter.sql';

/** T1 of the submission saga: one create that asks to begin. */
export interface OpenSubmission {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: Environment;
  /** Empty: the request carries none. */
  readonly idempotencyKey: string;
  readonly requestSha256: Uint8Array;
  /** Known before the database was asked; it counts against the rate like any other request. */
  readonly refusal: CreateRefusal | undefined;
  /** An order is judged once: this one was, by a check of its own. */
  readonly rateSpent?: boolean;
}

/** What an order is told whose rate was judged before; its caller knows better. */
const SPENT_BEFORE: RateDecision = { allowed: true, limit: 0, remaining: 0, resetAt: new Date(0), retryAfterMs: 0 };

export type Opened = { readonly rate: RateDecision } & (
  | {
      readonly kind: 'opened';
      /** Jobs of the account that wait, this one included. */ readonly waiting: number;
      readonly concurrentJobs: number;
      /** As many as it runs of these. */
      readonly running: number;
    }
  /** The key belongs to a job, submitted or on its way. */
  | { readonly kind: 'duplicate'; readonly jobId: string; readonly sameRequest: boolean }
  /** The key's first request was refused in this very moment: ask again. */
  | { readonly kind: 'vanished' }
  | { readonly kind: 'refused'; readonly refusal: CreateRefusal }
);

const CLAIM_KEYS = `
insert into idempotency_key (account_id, environment, key, request_sha256, job_id, created_at)
select n.*, $6::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[]) as n (account_id, environment, key, hash, job_id)
order by 1, 2, 3
on conflict do nothing
returning job_id`;

const READ_KEYS = `
select k.account_id, k.environment, k.key, k.request_sha256, k.job_id
from idempotency_key k join unnest($1::text[], $2::text[], $3::text[]) as n (account_id, environment, key) using (account_id, environment, key)`;

const RELEASE_KEYS =
  'delete from idempotency_key where job_id = any($4::text[]) and (account_id, environment, key) in (select * from unnest($1::text[], $2::text[], $3::text[]))';

/** Reads the dispatch row without locking it: a `departed` that is older only over-estimates what waits. */
const LOCK_ADMISSIONS = `
select a.account_id, a.environment, a.admitted, s.departed, s.queued_jobs, s.concurrent_jobs, s.running, s.creates_per_minute, s.suspended
from admission a
join unnest($1::text[], $2::text[]) as n (account_id, environment) using (account_id, environment)
join account_slot s using (account_id, environment)
order by a.account_id, a.environment
for update of a`;

const ADD_ACCOUNTS = `
with wanted as (select distinct * from unnest($1::text[], $2::text[]) as n (account_id, environment) order by 1, 2),
slots as (insert into account_slot (account_id, environment) select * from wanted on conflict do nothing)
insert into admission (account_id, environment) select * from wanted on conflict do nothing`;

const RESERVE = `
with reserved as (
  update admission a set admitted = n.admitted
  from unnest($1::text[], $2::text[], $3::bigint[]) as n (account_id, environment, admitted)
  where a.account_id = n.account_id and a.environment = n.environment
)
insert into submission (job_id, account_id, environment, state, idempotency_key, created_at)
select n.job_id, n.account_id, n.environment, 'authorizing', nullif(n.key, ''), $8::timestamptz
from unnest($4::text[], $5::text[], $6::text[], $7::text[]) as n (job_id, account_id, environment, key)`;

const READ_OPENED = 'select job_id from submission where job_id = any($1::text[])';

interface Admission {
  account_id: string;
  environment: Environment;
  admitted: bigint;
  departed: bigint;
  queued_jobs: number;
  concurrent_jobs: number;
  running: number;
  creates_per_minute: number;
  suspended: boolean;
}

/**
 * Opens a batch. Lock order: idempotency keys, admission rows, rate rows, each by key. A batch may come twice, when nobody knows
 * whether it was committed: what it already opened is recognised by its job ids. Statements that need nothing of each other share
 * a round trip; the opening of the transaction is one of them where no key, which would be written, is claimed.
 */
export class SubmissionOpener {
  private readonly tried = new WeakSet<OpenSubmission>();

  async apply(tx: Transaction, opening: Date | Promise<Date>, commands: readonly OpenSubmission[]): Promise<Opened[]> {
    const before = await this.openedBefore(tx, commands);
    const keyed = commands.filter((command) => command.idempotencyKey !== '' && !before.has(command.jobId));
    const claiming = keyed.length > 0 ? claimKeys(tx, await opening, keyed) : new Set<string>();
    const [now, claimed, admissions] = await together([opening, claiming, lockAdmissions(tx, commands)]);
    const others = keyed.filter((command) => !claimed.has(command.jobId));
    const judged = commands.filter((command) => !command.rateSpent);
    const checks = judged.map((command) => ({ ...command, policy: 'creates' as const }));
    const limitOf = (check: RateCheck) => admissions.get(accountOf(check))!.creates_per_minute;
    const [taken, verdicts] = await Promise.all([
      readKeys(tx, others),
      checks.length === 0 ? [] : spendRates(tx, checks, limitOf),
    ]);
    const rates = new Map(judged.map((command, index) => [command, verdicts[index]!]));
    const decided = commands.map((command): Opened => {
      const rate = rates.get(command) ?? SPENT_BEFORE;
      const key = taken.get(command.jobId);
      if (key) return { ...key, rate };
      return admit(command, admissions.get(accountOf(command))!, rate, before.has(command.jobId));
    });
    const opened = commands.filter((command, index) => decided[index]!.kind === 'opened' && !before.has(command.jobId));
    const refused = commands.filter(
      (command, index) => command.idempotencyKey !== '' && decided[index]!.kind === 'refused',
    );
    await Promise.all([reserve(tx, now, opened, admissions), releaseKeys(tx, refused)]);
    return decided;
  }

  private async openedBefore(tx: Transaction, commands: readonly OpenSubmission[]): Promise<ReadonlySet<string>> {
    const again = commands.filter((command) => this.tried.has(command)).map((command) => command.jobId);
    for (const command of commands) this.tried.add(command);
    if (again.length === 0) return new Set();
    const { rows } = await tx.query<{ job_id: string }>({
      name: 'submission_opened',
      text: READ_OPENED,
      values: [again],
    });
    return new Set(rows.map((row) => row.job_id));
  }
}

function admit(command: OpenSubmission, admission: Admission, rate: RateDecision, before: boolean): Opened {
  const waiting = Number(admission.admitted - admission.departed);
  const { concurrent_jobs: concurrentJobs, running } = admission;
  if (before) return { kind: 'opened', waiting, concurrentJobs, running, rate };
  if (!rate.allowed) return { kind: 'refused', refusal: 'rate_limit_exceeded', rate };
  if (command.refusal) return { kind: 'refused', refusal: command.refusal, rate };
  if (admission.suspended) return { kind: 'refused', refusal: 'account_suspended', rate };
  if (waiting >= admission.queued_jobs) return { kind: 'refused', refusal: 'queue_limit_exceeded', rate };
  admission.admitted += 1n;
  return { kind: 'opened', waiting: waiting + 1, concurrentJobs, running, rate };
}

type KeyTaken = { kind: 'duplicate'; jobId: string; sameRequest: boolean } | { kind: 'vanished' };

/** The jobs whose command has its key now. Waits for whoever is just claiming the same key. */
async function claimKeys(tx: Transaction, now: Date, commands: readonly OpenSubmission[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ job_id: string }>({
    name: 'key_claim',
    text: CLAIM_KEYS,
    values: [
      ...keyColumns(commands),
      commands.map((command) => Buffer.from(command.requestSha256)),
      commands.map((command) => command.jobId),
      now,
    ],
  });
  return new Set(rows.map((row) => row.job_id));
}

/** Who holds the keys that these commands did not get. */
async function readKeys(tx: Transaction, commands: readonly OpenSubmission[]): Promise<Map<string, KeyTaken>> {
  if (commands.length === 0) return new Map();
  const { rows } = await tx.query<{
    account_id: string;
    environment: string;
    key: string;
    request_sha256: Buffer;
    job_id: string;
  }>({
    name: 'key_read',
    text: READ_KEYS,
    values: keyColumns(commands),
  });
  const holders = new Map(rows.map((row) => [`${row.account_id}/${row.environment}/${row.key}`, row]));
  return new Map(
    commands.map((command): [string, KeyTaken] => {
      const holder = holders.get(`${accountOf(command)}/${command.idempotencyKey}`);
      if (holder === undefined) return [command.jobId, { kind: 'vanished' }];
      return [
        command.jobId,
        { kind: 'duplicate', jobId: holder.job_id, sameRequest: holder.request_sha256.equals(command.requestSha256) },
      ];
    }),
  );
}

async function lockAdmissions(tx: Transaction, commands: readonly OpenSubmission[]): Promise<Map<string, Admission>> {
  const accounts = [...new Map(commands.map((command) => [accountOf(command), command])).values()];
  const values = [accounts.map((account) => account.accountId), accounts.map((account) => account.environment)];
  const lock = () => tx.query<Admission>({ name: 'admission_lock', text: LOCK_ADMISSIONS, values });
  let { rows } = await lock();
  if (rows.length < accounts.length) {
    await tx.query({ name: 'account_add', text: ADD_ACCOUNTS, values });
    ({ rows } = await lock());
  }
  return new Map(rows.map((row) => [`${row.account_id}/${row.environment}`, row]));
}

async function reserve(
  tx: Transaction,
  now: Date,
  opened: readonly OpenSubmission[],
  admissions: Map<string, Admission>,
): Promise<void> {
  if (opened.length === 0) return;
  const rows = [...admissions.values()];
  await tx.query({
    name: 'submission_open',
    text: RESERVE,
    values: [
      rows.map((row) => row.account_id),
      rows.map((row) => row.environment),
      rows.map((row) => row.admitted),
      opened.map((command) => command.jobId),
      opened.map((command) => command.accountId),
      opened.map((command) => command.environment),
      opened.map((command) => command.idempotencyKey),
      now,
    ],
  });
}

/** A refusal leaves no trace. */
async function releaseKeys(tx: Transaction, refused: readonly OpenSubmission[]): Promise<void> {
  if (refused.length === 0) return;
  await tx.query({
    name: 'key_release',
    text: RELEASE_KEYS,
    values: [...keyColumns(refused), refused.map((command) => command.jobId)],
  });
}

function keyColumns(commands: readonly OpenSubmission[]): string[][] {
  return [
    commands.map((command) => command.accountId),
    commands.map((command) => command.environment),
    commands.map((command) => command.idempotencyKey),
  ];
}

function accountOf({ accountId, environment }: { accountId: string; environment: string }): string {
  return `${accountId}/${environment}`;
}
