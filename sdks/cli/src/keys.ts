import type { ApiKey, CreateApiKeyRequest } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { table } from './screen.ts';

const secretOf = ({ secret, id }: { readonly secret: string; readonly id: string }) =>
  `${secret}\n(${id}; it is shown this once)`;

export const keys: Command = {
  summary: 'List API keys.',
  async run({ client, screen }) {
    const row = ({ id, name, masked_key: masked, scopes, last_used_at: used }: ApiKey) => [
      id,
      name,
      masked,
      scopes.join(','),
      used?.slice(0, 19),
    ];
    screen.result(await client().apiKeys.list(), (list) =>
      table(['ID', 'NAME', 'KEY', 'SCOPES', 'LAST USED'], list.map(row)),
    );
  },
};

export const createKey: Command = {
  summary: 'Make an API key.',
  words: ['NAME'],
  options: {
    scope: {
      help: 'what it may; may be repeated',
      value: 'S',
      multiple: true,
      choices: ['videos', 'videos:unquoted', 'billing:read', 'webhooks', 'keys:read', 'keys:manage', 'billing:manage'],
    },
  },
  async run({ client, screen, words, texts }) {
    const scopes = texts('scope') as CreateApiKeyRequest['scopes'];
    screen.result(
      await client().apiKeys.create({ name: words[0]!, ...(texts('scope').length > 0 ? { scopes } : {}) }),
      secretOf,
    );
  },
};

export const rotateKey: Command = {
  summary: 'Make a key in the place of another, which stays good for a day.',
  words: ['ID'],
  options: { now: { help: 'end the old key now: it has leaked' } },
  async run({ client, screen, words, isSet }) {
    screen.result(await client().apiKeys.rotate(words[0]!, { expire_old_now: isSet('now') }), secretOf);
  },
};

export const revokeKey: Command = {
  summary: 'End a key.',
  words: ['ID'],
  async run({ client, screen, words }) {
    screen.result(await client().apiKeys.revoke(words[0]!), ({ id }) => `${id} is revoked`);
  },
};
