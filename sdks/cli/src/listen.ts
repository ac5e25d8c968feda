import { createHmac } from 'node:crypto';
import { type Event, USVideoError, type WebhookSecret } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './exit.ts';

/** What a delivery of the platform has. */
const ANSWER_WITHIN_MS = 15_000;
const EVENTS = [
  'video.processing',
  'video.completed',
  'video.failed',
  'video.cancelled',
  'balance.low',
  'webhook.disabled',
  'webhook.test',
];

/** As the platform signs: the decoded secret for Standard Webhooks, the text of it for X-Signature; the older beside the newer while both hold. */
export function signed(
  body: string,
  id: string,
  seconds: number,
  { secret, previous_secret: previous }: Pick<WebhookSecret, 'secret' | 'previous_secret'>,
): Record<string, string> {
  const standard = (each: string) =>
    `v1,${createHmac('sha256', Buffer.from(each.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${seconds}.${body}`)
      .digest('base64')}`;
  const plain = (each: string) => createHmac('sha256', each).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': [secret, ...(previous ? [previous] : [])].map(standard).join(' '),
    'x-signature': plain(previous ?? secret),
    ...(previous ? { 'x-signature-next': plain(secret) } : {}),
  };
}

interface Forwarded {
  readonly sequence: number;
  readonly event: string;
  readonly id: string;
  readonly job_id: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly ms: number;
}

/** One try: what a local program misses is in the feed, and `--after` brings it again. */
async function forward(url: string, event: Event, secret: WebhookSecret, signal: AbortSignal): Promise<Forwarded> {
  const begun = performance.now();
  const told = { sequence: event.sequence, event: event.event, id: event.id, job_id: event.job_id };
  const body = JSON.stringify(event.data);
  const answer = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: signed(body, event.id, Math.floor(Date.now() / 1_000), secret),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  }).catch((error: Error) => error);
  const ms = Math.round(performance.now() - begun);
  if (answer instanceof Error)
    return { ...told, status: null, error: String((answer.cause as Error | undefined)?.message ?? answer.message), ms };
  await answer.body?.cancel();
  return { ...told, status: answer.status, error: null, ms };
}

export const listen: Command = {
  summary: "Send the account's events to a local address as they happen, signed as the platform signs them.",
  options: {
    'forward-to': { help: 'where to, such as http://localhost:3000/webhooks', value: 'URL' },
    event: { help: 'only these; may be repeated', value: 'E', multiple: true, choices: EVENTS },
    after: {
      help: 'begin behind this place of the feed, 0 for all that is kept (default: from now on)',
      value: 'SEQUENCE',
    },
    count: { help: 'end after so many', value: 'N' },
  },
  async run({ client, screen, signal, text, texts, integer }) {
    const url = text('forward-to') ?? '';
    if (!/^https?:\/\/[^/]/.test(url))
      throw new UsageError('usvideo listen needs --forward-to with an http or https URL');
    const [platform, count, wanted, after] = [client(), integer('count') ?? Infinity, texts('event'), integer('after')];
    const secret = await platform.webhookSecrets.retrieve(undefined, { signal });
    const onConnect = (place: string) =>
      screen.say(`Listening behind event ${place}; signed with the secret of the account, …${secret.secret.slice(-4)}`);
    let sent = 0;
    for await (const event of platform.events.stream({
      signal,
      onConnect,
      ...(after === undefined ? {} : { after: String(after) }),
    })) {
      if (wanted.length > 0 && !wanted.includes(event.event)) continue;
      if (event.data === null) screen.say(`${event.sequence} ${event.event} was erased, and is not sent`);
      else show(screen, await forward(url, event, secret, signal));
      if (++sent >= count) return;
      if (signal.aborted) break;
    }
    throw new USVideoError({ code: 'aborted', message: 'Ctrl-C' });
  },
};

function show(screen: Parameters<Command['run']>[0]['screen'], forwarded: Forwarded): void {
  const { sequence, event, job_id: job, status, error, ms } = forwarded;
  screen.line(forwarded, `${sequence} ${event} ${job ?? '-'} -> ${status ?? error} (${ms} ms)`);
}
