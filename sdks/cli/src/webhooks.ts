import type { Delivery } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { table } from './screen.ts';

export const webhooks: Command = {
  summary: 'Show the log of webhooks, newest first.',
  options: {
    job: { help: 'only those of this job', value: 'ID' },
    status: {
      help: 'only these; may be repeated',
      value: 'S',
      multiple: true,
      choices: ['pending', 'delivered', 'failed', 'superseded'],
    },
    limit: { help: 'how many at most (20)', value: 'N', short: 'n' },
  },
  async run({ client, screen, text, texts, integer }) {
    const max = integer('limit') ?? 20;
    const query = {
      job_id: text('job'),
      status: texts('status') as Delivery['status'][],
      limit: Math.max(1, Math.min(100, max)),
    };
    const row = ({ id, event, status, attempts, url, created_at: at }: Delivery) => [
      id,
      event,
      status,
      attempts.length,
      attempts.at(-1)?.http_status ?? attempts.at(-1)?.error,
      url,
      at?.slice(0, 19),
    ];
    screen.result(await client().deliveries.list(query).all({ max }), (list) =>
      table(['ID', 'EVENT', 'STATUS', 'TRIES', 'ANSWER', 'URL', 'CREATED'], list.map(row)),
    );
  },
};
