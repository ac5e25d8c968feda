import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { parseJsonBody } from '../validation/json-body';
import { Refusal, serviceUnavailable } from '../refusals/refusal';

/** A first frame of 10 MiB in base64, and everything else besides. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** A larger body is read to its end and thrown away, so that its sender lives to read the answer; beyond this the connection is cut. */
const DISCARDED_BYTES_MAX = 64 * 1024 * 1024;
/** Bodies up to this size are not counted: they are bounded by the number of connections. */
const COUNTED_FROM_BYTES = 64 * 1024;
const IN_FLIGHT_BYTES_MAX = 512 * 1024 * 1024;

/** Reads JSON bodies within bounds for one and for all requests. */
export class BodyReader {
  private inFlightBytes = 0;

  async read(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
    return parseJsonBody(await this.readRaw(request, payload));
  }

  async readRaw(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
    const declaredBytes = Number(request.headers['content-length'] ?? 0);
    if (declaredBytes > DISCARDED_BYTES_MAX) throw tooLarge();
    const body = await collect(payload, declaredBytes);
    this.count(body.length, request);
    return body;
  }

  private count(bytes: number, request: FastifyRequest): void {
    if (bytes < COUNTED_FROM_BYTES) return;
    if (this.inFlightBytes + bytes > IN_FLIGHT_BYTES_MAX) throw serviceUnavailable();
    this.inFlightBytes += bytes;
    request.raw.once('close', () => { this.inFlightBytes -= bytes; });
  }
}

/** By events and not as an async iterator, which costs a small request as much as all else that is done with its body. */
function collect(payload: IncomingMessage, declaredBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DISCARDED_BYTES_MAX) reject(tooLarge());
      if (bytes > BODY_BYTES_MAX || declaredBytes > BODY_BYTES_MAX) chunks.length = 0;
      else chunks.push(chunk);
    });
    payload.once('end', () => (bytes > BODY_BYTES_MAX ? reject(tooLarge()) : resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))));
    payload.once('error', () => reject(new Refusal('invalid_request', 'The body ended before it was complete.')));
  });
}

function tooLarge(): Refusal {
  return new Refusal('payload_too_large', 'The body is larger than 16 MiB.');
}
