import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../identity/caller';
import { Refusal, serviceUnavailable } from '../refusals/refusal';
import { type OpenStream, type OpenStreams, STREAMS_PER_ACCOUNT_MAX } from './open-streams.http';

/** @throws Refusal rate_limit_exceeded: the account has as many open as it may; service_unavailable: all have. */
export function openStream(
  streams: OpenStreams,
  { accountId, until }: Pick<Caller, 'accountId' | 'until'>,
  reply: FastifyReply,
  supportUrl: string,
): OpenStream {
  const stream = streams.tryOpen(accountId, reply.raw, until);
  if (stream) return stream;
  if (streams.full) throw serviceUnavailable();
  throw new Refusal(
    'rate_limit_exceeded',
    `Your account has ${STREAMS_PER_ACCOUNT_MAX} streams open, as many as it may. Raised limits: ${supportUrl}`,
    { retryAfterMs: 1_000 },
  );
}

/**
 * Sends text as it is read and no faster than it is taken. The first of it is read before the answer begins, so that a service
 * that is away is still a 503; one that goes away later cuts the answer off, which no client takes for its end.
 */
export async function sendText(
  reply: FastifyReply,
  headers: Record<string, string>,
  texts: AsyncGenerator<string>,
  stream: OpenStream,
): Promise<void> {
  try {
    const first = await texts.next();
    reply
      .code(200)
      .headers(headers)
      .send(Readable.from(withFirst(first, texts, stream), { objectMode: false }));
  } catch (error) {
    stream.close();
    throw error;
  }
}

async function* withFirst(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
  stream: OpenStream,
): AsyncGenerator<string> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    stream.close();
    await rest.return(undefined);
  }
}
