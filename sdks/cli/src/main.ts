import { USVideo, USVideoError, VERSION } from '../../typescript/src/index.ts';
import { helpOf, parse } from './command.ts';
import { COMMANDS, find } from './commands.ts';
import { settings } from './config.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { Screen } from './screen.ts';

const OVERVIEW = `usvideo ${VERSION}: prompt in, video out\n\n${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  .join('\n')}\n
usvideo COMMAND --help says what a command takes. --json prints JSON. Exit codes are in the README.\n`;

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0 || ['--help', '-h', 'help'].includes(args[0]!)) return void process.stdout.write(OVERVIEW);
  if (args[0] === '--version') return void process.stdout.write(`${VERSION}\n`);
  const { name, command, rest } = find(args);
  const given = parse(name, command, rest);
  if (given.isSet('help')) return void process.stdout.write(helpOf(name, command));
  const controller = new AbortController();
  // The second Ctrl-C ends it whatever it does.
  process.once('SIGINT', () => controller.abort());
  const screen = new Screen(process.stdout, process.stderr, given.isSet('json'));
  const client = () =>
    new USVideo({
      ...settings({ baseUrl: given.text('base-url'), apiKey: given.text('api-key') }),
      onRetry: ({ error, delayMs }) => screen.say(`${error.message} Again in ${(delayMs / 1_000).toFixed(1)} s.`),
    });
  await command.run({ ...given, client, screen, signal: controller.signal });
}

function explain(error: unknown, isJson: boolean): string {
  if (!(error instanceof USVideoError))
    return isJson
      ? JSON.stringify({ error: 'usage', message: (error as Error).message })
      : `usvideo: ${(error as Error).message}`;
  const { code, message, status, requestId, docUrl, details } = error;
  if (isJson) return JSON.stringify({ error: code, message, status, request_id: requestId, doc_url: docUrl, details });
  const hint = code === 'invalid_configuration' ? ' Or run `usvideo login`.' : '';
  return [
    `usvideo: ${message}${hint}`,
    ...details.map(({ field, message: fault }) => `  ${field} ${fault}`),
    ...(requestId === undefined ? [] : [`  (${code}, ${requestId})`]),
    ...(docUrl === undefined ? [] : [`  ${docUrl}`]),
  ].join('\n');
}

const args = process.argv.slice(2);
try {
  await main(args);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Whoever pressed Ctrl-C knows.
  if (process.exitCode !== EXIT.interrupted) process.stderr.write(`${explain(error, args.includes('--json'))}\n`);
}
