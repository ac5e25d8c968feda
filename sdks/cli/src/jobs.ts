import { VideoNotCompletedError, type Video, type VideoStatus } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { follow, save } from './generate.ts';
import { table } from './screen.ts';

const STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'];

const row = ({
  id,
  status,
  progress,
  resolution,
  duration,
  cost,
  estimated_cost: estimate,
  created_at: at,
  prompt,
}: Video) => [
  id,
  status,
  `${progress}%`,
  resolution,
  `${duration} s`,
  cost ?? `(${estimate})`,
  at.slice(0, 19),
  prompt?.slice(0, 40),
];

export const jobs: Command = {
  summary: 'List jobs, newest first.',
  options: {
    limit: { help: 'how many at most (20)', value: 'N', short: 'n' },
    status: { help: 'only these; may be repeated', value: 'S', multiple: true, choices: STATUSES },
  },
  async run({ client, screen, integer, texts }) {
    const max = integer('limit') ?? 20;
    const found = await client()
      .videos.list({ status: texts('status') as VideoStatus[], limit: Math.max(1, Math.min(100, max)) })
      .all({ max });
    screen.result(found, (list) =>
      table(['ID', 'STATUS', 'DONE', 'SIZE', 'LENGTH', 'COST', 'CREATED', 'PROMPT'], list.map(row)),
    );
  },
};

export const job: Command = {
  summary: 'Show one job.',
  words: ['ID'],
  async run({ client, screen, words }) {
    screen.result(await client().videos.retrieve(words[0]!), (video) =>
      Object.entries(video)
        .map(([name, value]) => `${name.padEnd(24)} ${text(value)}`)
        .join('\n'),
    );
  },
};

export const download: Command = {
  summary: 'Wait for a job and save its file; goes on with what an earlier try left.',
  words: ['ID'],
  options: { output: { help: 'where the file goes (default: the id of the job, .mp4)', value: 'FILE', short: 'o' } },
  async run(run) {
    const video = await follow(run, run.words[0]!);
    if (video.status !== 'completed') throw new VideoNotCompletedError(video);
    const file = await save(run, video, run.text('output') ?? `${video.id}.mp4`);
    run.screen.result({ ...video, file }, () => file);
  },
};

export const cancel: Command = {
  summary: 'Cancel a job that has not begun to render.',
  words: ['ID'],
  async run({ client, screen, words }) {
    screen.result(await client().videos.cancel(words[0]!), ({ id, status }) => `${id} is ${status}`);
  },
};

const text = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '-');
