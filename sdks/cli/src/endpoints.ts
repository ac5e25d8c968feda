import type { EndpointFields, NewWebhookEndpoint, WebhookEndpoint } from '../../typescript/src/index.ts';
import { UsageError } from './exit.ts';
import type { Command, Given } from './command.ts';
import { table } from './screen.ts';

const EVENTS = [
  'video.processing',
  'video.completed',
  'video.failed',
  'video.cancelled',
  'balance.low',
  'webhook.disabled',
];
const FIELDS = {
  event: { help: 'what it hears; may be repeated', value: 'E', multiple: true, choices: EVENTS },
  description: { help: 'your words for it', value: 'TEXT' },
} as const;

const state = ({ enabled, disabled_reason: reason }: WebhookEndpoint) =>
  enabled ? 'enabled' : `disabled (${reason ?? 'customer'})`;

function fieldsOf({ text, texts }: Given): Partial<EndpointFields> {
  const description = text('description');
  return {
    ...(texts('event').length > 0 ? { events: texts('event') as EndpointFields['events'] & object } : {}),
    ...(description === undefined ? {} : { description }),
  };
}

export const endpoints: Command = {
  summary: 'List webhook endpoints.',
  async run({ client, screen }) {
    const row = (endpoint: WebhookEndpoint) => [endpoint.id, state(endpoint), endpoint.events.join(','), endpoint.url];
    screen.result(await client().webhookEndpoints.list().all(), (list) =>
      table(['ID', 'STATE', 'EVENTS', 'URL'], list.map(row)),
    );
  },
};

export const createEndpoint: Command = {
  summary: 'Make a webhook endpoint; prints the secret that signs what it gets.',
  words: ['URL'],
  options: FIELDS,
  async run(run) {
    const made = await run.client().webhookEndpoints.create({ url: run.words[0]!, ...fieldsOf(run) });
    run.screen.result(made, ({ id, secret }: NewWebhookEndpoint) => `${id}\n${secret}`);
  },
};

export const updateEndpoint: Command = {
  summary: 'Change a webhook endpoint.',
  words: ['ID'],
  options: {
    ...FIELDS,
    url: { help: 'where it is', value: 'URL' },
    enable: { help: 'send to it again' },
    disable: { help: 'send nothing to it' },
  },
  async run(run) {
    const url = run.text('url');
    if (run.isSet('enable') && run.isSet('disable')) throw new UsageError('either --enable or --disable');
    const enabled = run.isSet('enable') || run.isSet('disable') ? { enabled: run.isSet('enable') } : {};
    const changed = await run
      .client()
      .webhookEndpoints.update(run.words[0]!, { ...fieldsOf(run), ...(url === undefined ? {} : { url }), ...enabled });
    run.screen.result(changed, (endpoint) => `${endpoint.id} is ${state(endpoint)}`);
  },
};

export const deleteEndpoint: Command = {
  summary: 'Delete a webhook endpoint.',
  words: ['ID'],
  async run({ client, screen, words }) {
    screen.result(await client().webhookEndpoints.delete(words[0]!), ({ id }) => `${id} is deleted`);
  },
};

export const testEndpoint: Command = {
  summary: 'Send webhook.test to an endpoint.',
  words: ['ID'],
  async run({ client, screen, words }) {
    screen.result(await client().webhookEndpoints.test(words[0]!), ({ delivery_id: id }) => id);
  },
};

export const secret: Command = {
  summary: "Show the secret that signs webhooks: of an endpoint, or of the jobs' own addresses.",
  words: ['[ID]'],
  async run({ client, screen, words }) {
    screen.result(await client().webhookSecrets.retrieve(words[0]), (found) => found.secret);
  },
};

export const rotateSecret: Command = {
  summary: 'Make a new secret; the old one signs beside it for a while.',
  words: ['[ID]'],
  options: { 'overlap-hours': { help: 'for so long; 0 after a leak (24)', value: 'N' } },
  async run({ client, screen, words, integer }) {
    const hours = integer('overlap-hours');
    const request = {
      ...(words[0] === undefined ? {} : { endpoint_id: words[0] }),
      ...(hours === undefined ? {} : { overlap_hours: hours }),
    };
    screen.result(await client().webhookSecrets.rotate(request), (found) => found.secret);
  },
};

export const redeliver: Command = {
  summary: 'Send one delivery again.',
  words: ['DELIVERY'],
  async run({ client, screen, words }) {
    screen.result(await client().deliveries.redeliver(words[0]!), ({ delivery_ids: ids }) => ids.join('\n'));
  },
};
