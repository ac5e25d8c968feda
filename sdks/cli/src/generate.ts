import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { CreateVideoRequest, Video } from '../../typescript/src/index.ts';
import type { Command, Given, Run } from './command.ts';
import { UsageError } from './exit.ts';
import { bar } from './screen.ts';

const LARGEST_FRAME_BYTES = 10 * 1024 * 1024;
const FRAME_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

export const generate: Command = {
  summary: 'Make a video, follow it and save its file.',
  words: ['PROMPT'],
  options: {
    output: { help: 'where the file goes (default: the id of the job, .mp4)', value: 'FILE', short: 'o' },
    resolution: { help: 'size of the picture', value: 'R', choices: ['480p', '720p', '1080p'] },
    duration: { help: 'seconds', value: 'N' },
    'aspect-ratio': { help: 'shape of the picture', value: 'A', choices: ['16:9', '9:16', '1:1'] },
    'first-frame': { help: 'a picture to begin with: a file or an https URL', value: 'FILE|URL' },
    model: { help: 'which model', value: 'ID' },
    seed: { help: 'the same seed and request give the same video', value: 'N' },
    'negative-prompt': { help: 'what not to show', value: 'TEXT' },
    'webhook-url': { help: 'told when the job ends', value: 'URL' },
    'idempotency-key': { help: 'the same key and request never make two videos', value: 'KEY' },
    'no-wait': { help: 'print the job and do not wait for it' },
    open: { help: 'open the file when it is there' },
    quote: { help: 'print what it would cost, and make nothing' },
  },
  async run(run) {
    const request = requestOf(run);
    if (run.isSet('quote')) {
      const { prompt: _, ...priced } = request;
      return run.screen.result(
        await run.client().quotes.create(priced),
        ({ cost, resolution, duration }) => `${cost} for ${duration} s of ${resolution}`,
      );
    }
    const created = await run
      .client()
      .videos.create(request, { idempotencyKey: run.text('idempotency-key'), signal: run.signal });
    run.screen.say(`${created.id} (${created.estimated_cost})`);
    if (run.isSet('no-wait')) return run.screen.result(created, ({ id }) => id);
    const video = await follow(run, created.id);
    const file = await save(run, video, run.text('output') ?? `${video.id}.mp4`);
    run.screen.result({ ...video, file }, () => file);
    if (run.isSet('open')) await open(file);
  },
};

/** Follows a job to its end with a bar. Ctrl-C leaves the job alone, and says how to come back to it. */
export async function follow(run: Run, id: string): Promise<Video> {
  try {
    return await run.client().videos.wait(id, {
      signal: run.signal,
      onProgress: (video) => run.screen.show(bar(video.progress, labelOf(video))),
    });
  } finally {
    run.screen.closeLine();
    if (run.signal.aborted)
      run.screen.say(`The job goes on: \`usvideo download ${id}\` waits for it, \`usvideo cancel ${id}\` stops it.`);
  }
}

/** Waits for the file of a job that ended; explains itself when there is none. */
export async function save(run: Run, video: Pick<Video, 'id'>, path: string): Promise<string> {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  try {
    await run.client().videos.download(video.id, path, {
      signal: run.signal,
      onProgress: ({ bytes, totalBytes }) =>
        run.screen.show(bar((100 * bytes) / (totalBytes ?? Infinity), megabytes(bytes))),
    });
    return path;
  } finally {
    run.screen.closeLine();
  }
}

function labelOf({ status, queue_position: position, eta_seconds: eta }: Video): string {
  return [status, position === null ? '' : `(${position} ahead)`, eta === null ? '' : `about ${eta} s`]
    .filter((part) => part !== '')
    .join(' ');
}

function requestOf(given: Given): CreateVideoRequest {
  const request = {
    prompt: given.words[0]!,
    resolution: given.text('resolution'),
    duration: given.integer('duration'),
    aspect_ratio: given.text('aspect-ratio'),
    model: given.text('model'),
    seed: given.integer('seed'),
    negative_prompt: given.text('negative-prompt'),
    webhook_url: given.text('webhook-url'),
    first_frame: frameOf(given.text('first-frame')),
  };
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as CreateVideoRequest;
}

function frameOf(source: string | undefined): string | undefined {
  if (source === undefined || /^(https?|data):/.test(source)) return source;
  const type = FRAME_TYPES[extname(source).toLowerCase()];
  if (type === undefined) throw new UsageError(`--first-frame takes PNG, JPEG or WebP, not ${source}`);
  let bytes: Buffer;
  try {
    if (statSync(source).size > LARGEST_FRAME_BYTES) throw new UsageError(`${source} is larger than 10 MiB`);
    bytes = readFileSync(source);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${source} cannot be read: ${(error as Error).message}`);
  }
  return `data:${type};base64,${bytes.toString('base64')}`;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

async function open(file: string): Promise<void> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, [...args, file], { stdio: 'ignore', detached: true });
    child.once('error', (error) =>
      reject(new UsageError(`${command} does not open it: ${error.message}. The file is at ${file}`)),
    );
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
