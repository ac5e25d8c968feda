import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

/** What is counted, and how often it may happen within its window. */
export interface AttemptLimit {
  readonly subject: string;
  readonly max: number;
}

const WINDOW_SECONDS = 15 * 60;

const COUNT = `
insert into attempt_count as c (subject_sha256, attempts, window_started_at)
select s, 1, now() from unnest($1::bytea[]) as s order by s
on conflict (subject_sha256) do update set
  attempts = case when c.window_started_at < now() - make_interval(secs => $2) then 1 else c.attempts + 1 end,
  window_started_at = case when c.window_started_at < now() - make_interval(secs => $2) then now() else c.window_started_at end
returning subject_sha256, attempts, extract(epoch from window_started_at - now()) * 1000 as started_ms_ago`;
const FORGIVE = 'update attempt_count set attempts = greatest(attempts - 1, 0) where subject_sha256 = any($1::bytea[])';
const SWEEP = 'delete from attempt_count where window_started_at < now() - make_interval(secs => $1)';

interface CountRow {
  subject_sha256: Buffer;
  attempts: number;
  started_ms_ago: number;
}

/**
 * How the guessing of passwords and the sending of letters is slowed down. Counted before the attempt, so that attempts at once do not
 * pass together, and over all replicas. Who guesses from many addresses meets the count of the name; who guesses many names, that of
 * the address; and the owner, at another address than the guesser, still gets in.
 */
@Injectable()
export class Attempts {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Milliseconds to wait, or undefined when the attempt may be made. */
  async count(limits: readonly AttemptLimit[]): Promise<number | undefined> {
    const { rows } = await this.database.query<CountRow>({
      name: 'attempts_count',
      text: COUNT,
      values: [limits.map(digestOf), WINDOW_SECONDS],
    });
    const over = limits.flatMap((limit) => {
      const row = rows.find((candidate) => candidate.subject_sha256.equals(digestOf(limit)));
      return row !== undefined && row.attempts > limit.max
        ? [Math.max(1_000, WINDOW_SECONDS * 1_000 + Number(row.started_ms_ago))]
        : [];
    });
    return over.length === 0 ? undefined : Math.ceil(Math.max(...over));
  }

  /** An attempt that succeeded does not count. */
  async forgive(limits: readonly AttemptLimit[]): Promise<void> {
    await this.database.query({ name: 'attempts_forgive', text: FORGIVE, values: [limits.map(digestOf)] });
  }

  async sweep(): Promise<void> {
    await this.database.query({ name: 'attempts_sweep', text: SWEEP, values: [WINDOW_SECONDS] });
  }
}

/** Names are written in any case, and are not kept as they are. */
function digestOf({ subject }: AttemptLimit): Buffer {
  return createHash('sha256').update(subject.toLowerCase()).digest();
}

export function signInLimits(email: string, address: string): AttemptLimit[] {
  return [
    { subject: `sign-in ${email} ${address}`, max: 10 },
    { subject: `sign-in ${email}`, max: 100 },
    { subject: `sign-in from ${address}`, max: 200 },
  ];
}

export function letterLimits(email: string, address: string): AttemptLimit[] {
  return [
    { subject: `letter ${email}`, max: 5 },
    { subject: `letters from ${address}`, max: 100 },
  ];
}

export function codeLimits(personId: string): AttemptLimit[] {
  return [{ subject: `code ${personId}`, max: 10 }];
}
