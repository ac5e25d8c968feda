import type { UsageQuery } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './exit.ts';
import { table } from './screen.ts';

export const balance: Command = {
  summary: 'Show the balance.',
  async run({ client, screen }) {
    screen.result(await client().balance.retrieve(), ({ balance: whole, available, held, total_spend: spent }) =>
      table(['BALANCE', 'AVAILABLE', 'HELD', 'SPENT'], [[whole, available, held, spent]]),
    );
  },
};

export const usage: Command = {
  summary: 'Show what was charged, by the UTC day of the charge.',
  options: {
    from: { help: 'first day', value: 'YYYY-MM-DD' },
    to: { help: 'last day, included', value: 'YYYY-MM-DD' },
    'group-by': { help: 'sums instead of jobs', value: 'G', choices: ['day', 'api_key', 'end_user', 'resolution'] },
    csv: { help: 'print CSV' },
  },
  async run({ client, screen, text, isSet }) {
    const query = { start_date: text('from'), end_date: text('to'), group_by: text('group-by') } as UsageQuery;
    if (isSet('csv') && screen.isJson) throw new UsageError('--csv and --json exclude each other');
    if (isSet('csv')) return screen.raw(await client().usage.csv(query));
    if (query.group_by !== undefined) {
      const groups = await client()
        .usage.list({ ...query, group_by: query.group_by, limit: 100 })
        .all();
      return screen.result(groups, (list) =>
        table(
          ['GROUP', 'JOBS', 'SECONDS', 'COST'],
          list.map(({ group, jobs, seconds, cost }) => [group, jobs, seconds, cost]),
        ),
      );
    }
    const rows = await client()
      .usage.list({ ...query, limit: 100 })
      .all();
    screen.result(rows, (list) =>
      table(
        ['DAY', 'JOB', 'SIZE', 'LENGTH', 'COST'],
        list.map(({ date, job_id: id, resolution, duration, cost }) => [date, id, resolution, `${duration} s`, cost]),
      ),
    );
  },
};
