import { eventually } from '@usvideo/testing';
import type { BreakablePlatform } from './platform';
import type { Stage } from './stage';

const ROWS = 1_000_000;
/** The answer is a hundred MiB of text, and as rows in memory several times that. */
const GROWTH_MIB_MAX = 200;
const LEFT_ALONE_MS = 1_000;
const LOOK_EVERY = 50_000;

const rounded = (figures: readonly number[]) => figures.map((figure) => figure.toFixed(0)).join(' + ');

const rowsOf = (accountId: string) => `
insert into usage (job_id, account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at)
select 'job_' || lpad(n::text, 26, '0'), '${accountId}', 'key_1', (timestamp '2026-01-01' + n * interval '1 second')::date, 'aurora', '720p', 5, 250000, 1250000,
       (timestamp '2026-01-01' + n * interval '1 second') at time zone 'UTC'
from generate_series(1, ${ROWS}) n`;

/** When the ledger last read a page for somebody. */
const LAST_PAGE =
  "select max(state_change)::text from pg_stat_activity where query like '%(usage.day, charged_at, job_id) > %' and pid <> pg_backend_pid()";

/** What a customer cannot see of a platform. */
export interface Inside extends Pick<BreakablePlatform, 'ask'> {
  /** Resident memory in MiB of each process that the answer goes through. */
  memoryMib(): Promise<readonly number[]>;
}

/** On a fresh account. */
export function exportOfAMillion(stageOf: () => Stage, inside: () => Inside): void {
  describe('the usage of a million jobs', () => {
    const memory = () => inside().memoryMib();

    beforeAll(async () => {
      await inside().ask('ledger', rowsOf(stageOf().accountId));
      await inside().ask('ledger', 'analyze usage');
    }, 180_000);

    it('is one CSV, read from the database no faster than a slow client takes it, in bounded memory', async () => {
      const before = await memory();
      const highest = [...before];
      const look = async () =>
        (await memory()).forEach((mib, index) => {
          highest[index] = Math.max(highest[index]!, mib);
        });
      const { live } = stageOf();
      const answer = await fetch(`${live.url}/v1/usage?start_date=2026-01-01&end_date=2026-12-31`, {
        headers: { authorization: `Bearer ${live.key}`, accept: 'text/csv' },
      });
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
      let seen: string | undefined;
      let since = performance.now();
      await eventually(
        async () => {
          const at = await inside().ask('ledger', LAST_PAGE);
          if (at !== seen) [seen, since] = [at, performance.now()];
          return performance.now() - since > LEFT_ALONE_MS;
        },
        { deadlineMs: 60_000, what: 'the ledger to be left alone while nobody reads' },
      );
      await look();
      for (let next = LOOK_EVERY; await take();) {
        if (lines < next) continue;
        await look();
        next += LOOK_EVERY;
      }
      expect([lines, last]).toEqual([ROWS + 1, '']);
      console.log(
        `a million rows, ${(bytes / 2 ** 20).toFixed(0)} MiB of CSV: ${rounded(before)} MiB resident before, ${rounded(highest)} MiB at most`,
      );
      expect(bytes).toBeGreaterThan(90 * 2 ** 20);
      expect(highest.filter((mib, index) => mib - before[index]! >= GROWTH_MIB_MAX)).toEqual([]);
    }, 300_000);
  });
}
