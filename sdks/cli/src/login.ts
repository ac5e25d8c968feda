import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { USVideo } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { credentialsFile, forget, store } from './config.ts';
import { UsageError } from './exit.ts';

export const login: Command = {
  summary: 'Check a key and keep it with the address of the platform.',
  async run({ screen, text, signal }) {
    const baseUrl =
      text('base-url') ??
      (await ask('Where is the platform (such as https://video.example.com)? ', { isSecret: false, signal }));
    const apiKey = text('api-key') ?? (await ask('API key: ', { isSecret: true, signal }));
    const account = await new USVideo({ baseUrl, apiKey }).account.retrieve();
    store({ base_url: baseUrl, api_key: apiKey });
    screen.result(
      { account_id: account.account_id, livemode: account.livemode, file: credentialsFile() },
      ({ file }) => `${account.name}, ${account.livemode ? 'live' : 'test'}; kept in ${file}`,
    );
  },
};

export const logout: Command = {
  summary: 'Forget what login kept. The key stays good.',
  async run({ screen }) {
    forget();
    screen.result({ file: credentialsFile() }, ({ file }) => `${file} is gone`);
  },
};

/** From a terminal a secret is not echoed; from a pipe a line is read. */
async function ask(
  question: string,
  { isSecret, signal }: { isSecret: boolean; signal: AbortSignal },
): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageError('login asks for what it needs, and there is no terminal: pass --base-url and --api-key');
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: isSecret ? silent : process.stderr, terminal: true });
  try {
    const answer = (await lines.question('', { signal })).trim();
    if (answer === '') throw new UsageError('nothing was given');
    return answer;
  } finally {
    lines.close();
    if (isSecret) process.stderr.write('\n');
  }
}
