import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { BODY_BYTES_DEFAULT } from '../access/operation';
import { Refusal, serviceUnavailable } from '../refusals/refusal';
import { parseJsonBody } from '../validation/json-body';
import { BodyBudget } from './body-budget';
import { decodedBody } from './body-encoding.http';

/** A larger body is read to its end and thrown away, so that its sender lives to read the answer; beyond this the connection is cut. */
const DISCARDED_BYTES_MAX = 64 * 1024 * 1024;
const RETRY_MS = 1_000;

/** Reads bodies within the bounds of their operation, of their sender and of the process. */
export class BodyReader {
  constructor(private readonly budget = new BodyBudget()) {}

  async readJson(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
    return parseJsonBody(await this.readRaw(request, payload));
  }

  async readRaw(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
    const bytesMax = request.gateway.operation?.bodyBytesMax ?? BODY_BYTES_DEFAULT;
    const declaredBytes = Number(request.headers['content-length'] ?? 0);
    if (declaredBytes > DISCARDED_BYTES_MAX) throw tooLarge(bytesMax);
    return collect(decodedBody(payload), {
      bytesMax: declaredBytes > bytesMax ? 0 : bytesMax,
      tooLarge: () => tooLarge(bytesMax),
      reserve: this.reservationsOf(request),
    });
  }

  /** For a type that the operation does not take: a body of no bytes has no type. */
  async readNothing(payload: IncomingMessage, refusal: Refusal): Promise<undefined> {
    await collect(payload, { bytesMax: 0, tooLarge: () => refusal, reserve: () => undefined });
  }

  /** Each chunk is counted as it is kept, and all of them until the request is over. */
  private reservationsOf(request: FastifyRequest): (bytes: number) => Refusal | undefined {
    const { caller, address, response } = request.gateway;
    const owner = caller?.accountId ?? address();
    let reservedBytes = 0;
    response.once('close', () => {
      this.budget.release(owner, reservedBytes);
      reservedBytes = 0;
    });
    return (bytes) => {
      if (response.closed) return serviceUnavailable();
      switch (this.budget.reserve(owner, bytes)) {
        case 'granted':
          reservedBytes += bytes;
          return undefined;
        case 'owner_has_too_many':
          return new Refusal(
            'rate_limit_exceeded',
            'Too many bytes of your requests are being read at this moment. Send fewer large bodies at once.',
            { retryAfterMs: RETRY_MS },
          );
        case 'all_have_too_many':
          return serviceUnavailable();
      }
    };
  }
}

interface Collecting {
  readonly bytesMax: number;
  readonly tooLarge: () => Refusal;
  readonly reserve: (bytes: number) => Refusal | undefined;
}

/** By events and not as an async iterator, which costs a small request as much as all else that is done with its body. */
function collect(payload: Readable, { bytesMax, tooLarge: overflow, reserve }: Collecting): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let refusal: Refusal | undefined;
    const refuse = (reason: Refusal): void => {
      refusal ??= reason;
      chunks.length = 0;
    };
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (refusal === undefined) {
        const reason = bytes > bytesMax ? overflow() : reserve(chunk.length);
        if (reason) refuse(reason);
        else chunks.push(chunk);
      }
      if (bytes > DISCARDED_BYTES_MAX) {
        reject(overflow());
        payload.destroy();
      }
    });
    payload.once('end', () =>
      refusal ? reject(refusal) : resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
    );
    payload.once('error', (error: NodeJS.ErrnoException) => reject(refusal ?? unreadable(error)));
  });
}

function unreadable({ code }: NodeJS.ErrnoException): Refusal {
  const isEncoding = code?.startsWith('Z_') || code?.startsWith('ERR_') || code?.startsWith('ZSTD_');
  return isEncoding
    ? new Refusal('unsupported_media_type', 'The body is not encoded as its Content-Encoding says.')
    : new Refusal('invalid_request', 'The body ended before it was complete.');
}

const MIB = 1024 * 1024;

function tooLarge(bytesMax: number): Refusal {
  return new Refusal(
    'payload_too_large',
    `The body is larger than ${bytesMax >= MIB ? `${bytesMax / MIB} MiB` : `${bytesMax / 1024} KiB`}.`,
  );
}
