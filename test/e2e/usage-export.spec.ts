import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Database } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
import { Customer } from './customer';
import { Platform } from './platform';

const ROWS = 1_000_000;
/** The answer is a hundred MiB of text, and as rows in memory several times that. */
const GROWTH_MIB_MAX = 200;
const LEFT_ALONE_MS = 1_000;

const INSERT = `
insert into usage (job_id, account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at)
select 'job_' || lpad(n::text, 26, '0'), $1, 'key_1', (timestamp '2026-01-01' + n * interval '1 second')::date, 'aurora', '720p', 5, 250000, 1250000,
       (timestamp '2026-01-01' + n * interval '1 second') at time zone 'UTC'
from generate_series(1, ${ROWS}) n`;

/** Resident memory in MiB, as the system counts it. */
function memoryMib(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
}

describe('the usage of a million jobs', () => {
  let platform: Platform;
  let database: Database;
  let live: Customer;

  beforeAll(async () => {
    // Whatever keeps the rows for the slow reader ends the process.
    platform = await Platform.start({ NODE_OPTIONS: '--max-old-space-size=256' });
    live = Customer.live(platform);
    const folder = join(platform.dataDir, 'postgres');
    const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
    const password = readFileSync(join(folder, 'owner_password'), 'utf8').trim();
    database = openDatabase({ url: `postgresql://postgres:${password}@127.0.0.1:${port}/ledger`, poolSize: 2, applicationName: 'test' }, () => undefined);
    const { id } = (await live.get<{ id: string }>('/v1/account')).body;
    await database.query('set statement_timeout = 0');
    await database.query(INSERT, [id]);
    await database.query('analyze usage');
  }, 180_000);

  afterAll(async () => {
    await database.end();
    await platform.dispose();
  });

  /** When the ledger last read a page for somebody. */
  const lastPageAt = async () => {
    const { rows } = await database.query<{ at: string | null }>("select max(state_change)::text as at from pg_stat_activity where query like '%(usage.day, charged_at, job_id) > %' and pid <> pg_backend_pid()");
    return rows[0]!.at;
  };

  it('is one CSV, read from the database no faster than a slow client takes it, in bounded memory', async () => {
    const before = memoryMib(platform.pid);
    let highest = before;
    const answer = await fetch(`${live.url}/v1/usage?start_date=2026-01-01&end_date=2026-12-31`, { headers: { authorization: `Bearer ${live.key}`, accept: 'text/csv' } });
    const reader = answer.body!.getReader();
    let lines = 0;
    let bytes = 0;
    let last = '';
    const take = async () => {
      const { done, value } = await reader.read();
      if (value !== undefined) {
        bytes += value.length;
        const text = last + Buffer.from(value).toString();
        const whole = text.split('\r\n');
        last = whole.pop()!;
        lines += whole.length;
      }
      return !done;
    };
    await take();
    let seen: string | null = null;
    let since = performance.now();
    await eventually(async () => {
      const at = await lastPageAt();
      if (at !== seen) [seen, since] = [at, performance.now()];
      return performance.now() - since > LEFT_ALONE_MS;
    }, { deadlineMs: 60_000, what: 'the ledger to be left alone while nobody reads' });
    highest = Math.max(highest, memoryMib(platform.pid));
    while (await take()) if (lines % 50_000 < 500) highest = Math.max(highest, memoryMib(platform.pid));
    expect([lines, last]).toEqual([ROWS + 1, '']);
    console.log(`a million rows, ${(bytes / 2 ** 20).toFixed(0)} MiB of CSV: ${before.toFixed(0)} MiB resident before, ${highest.toFixed(0)} MiB at most`);
    expect(bytes).toBeGreaterThan(90 * 2 ** 20);
    expect(highest - before).toBeLessThan(GROWTH_MIB_MAX);
  }, 300_000);
});
