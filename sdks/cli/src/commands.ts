import type { Command } from './command.ts';
import { completionOf, SHELLS } from './completion.ts';
import {
  createEndpoint,
  deleteEndpoint,
  endpoints,
  redeliver,
  rotateSecret,
  secret,
  testEndpoint,
  updateEndpoint,
} from './endpoints.ts';
import { UsageError } from './exit.ts';
import { generate } from './generate.ts';
import { cancel, download, job, jobs } from './jobs.ts';
import { createKey, keys, revokeKey, rotateKey } from './keys.ts';
import { listen } from './listen.ts';
import { login, logout } from './login.ts';
import { balance, usage } from './money.ts';
import { webhooks } from './webhooks.ts';

const completion: Command = {
  summary: `Print what makes a shell (${SHELLS.join(', ')}) complete commands.`,
  words: ['SHELL'],
  async run({ screen, words }) {
    if (!SHELLS.includes(words[0]!)) throw new UsageError(`the shells are ${SHELLS.join(', ')}`);
    screen.raw(completionOf(words[0]!, COMMANDS));
  },
};

/** By name; one of two words stands after the one of its first. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  login,
  logout,
  generate,
  jobs,
  job,
  download,
  cancel,
  balance,
  usage,
  keys,
  'keys create': createKey,
  'keys rotate': rotateKey,
  'keys revoke': revokeKey,
  webhooks,
  'webhooks endpoints': endpoints,
  'webhooks create': createEndpoint,
  'webhooks update': updateEndpoint,
  'webhooks delete': deleteEndpoint,
  'webhooks test': testEndpoint,
  'webhooks secret': secret,
  'webhooks rotate': rotateSecret,
  'webhooks redeliver': redeliver,
  listen,
  completion,
};

export interface Found {
  readonly name: string;
  readonly command: Command;
  readonly rest: readonly string[];
}

/** @throws UsageError when there is no such command. */
export function find(args: readonly string[]): Found {
  const two = args.slice(0, 2).join(' ');
  const name = two in COMMANDS ? two : args[0]!;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`usvideo has no command ${args[0]}; \`usvideo --help\` lists them`);
  return { name, command, rest: args.slice(name.split(' ').length) };
}
