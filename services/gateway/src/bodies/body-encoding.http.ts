import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { Refusal } from '../refusals/refusal';

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

/** The body without its Content-Encoding; whoever reads it counts what comes out, not what went in. @throws Refusal unsupported_media_type */
export function decodedBody(payload: IncomingMessage): Readable {
  const encoding = (payload.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return payload;
  if (!Object.hasOwn(DECODERS, encoding)) {
    throw new Refusal(
      'unsupported_media_type',
      'This Content-Encoding is not understood. Send the body plain, or as gzip, deflate, br or zstd.',
    );
  }
  const decoder = DECODERS[encoding as keyof typeof DECODERS]();
  payload.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => payload.unpipe(decoder).resume());
  return payload.pipe(decoder);
}
