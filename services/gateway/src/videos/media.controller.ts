import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { Controller, Get, Inject, Options, Req, Res } from '@nestjs/common';
import { type ArtifactStore, verifyLink } from '@usvideo/artifacts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, videoExpired } from '../refusals/refusal';
import { type ByteRange, readByteRange } from '../access/request-headers';
import { Settings } from '../http/settings';
import { ARTIFACTS } from '../http/tokens';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp',
};

/** Files behind signed links. The link is the permission: no key is asked for. */
@Controller('v')
export class MediaController {
  constructor(private readonly settings: Settings, @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore) {}

  @Get('*')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = verifyLink({ secret: this.settings.linkSecret, pathAndQuery: request.url, now: new Date() });
    if (target === 'bad_signature') throw new Refusal('not_found', 'This link was changed or never given: its signature does not fit. Get the job again for its links.');
    const found = target === 'expired' ? undefined : await this.artifacts.stat(target.key);
    if (target === 'expired' || !found) throw videoExpired();
    this.send(request, reply, target, found.sizeBytes);
  }

  /** Players in a page ask first when they send a Range header. */
  @Options('*')
  preflight(@Res() reply: FastifyReply): void {
    reply.code(204).headers({
      'access-control-allow-methods': 'GET, HEAD', 'access-control-allow-headers': 'Range, If-Range, If-None-Match', 'access-control-max-age': '86400',
    }).send();
  }

  private send(request: FastifyRequest, reply: FastifyReply, { jobId, key }: { jobId: string; key: string }, sizeBytes: number): void {
    // A key names one attempt's output and is never written twice, so it identifies the bytes.
    const etag = `"${createHash('sha256').update(key).digest('hex').slice(0, 32)}"`;
    const headers = request.headers;
    if (headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      reply.code(304).header('etag', etag).send();
      return;
    }
    const range = headers['if-range'] === undefined || headers['if-range'] === etag ? readByteRange(headers.range, sizeBytes) : undefined;
    if (range === 'unsatisfiable') {
      throw new Refusal('range_not_satisfiable', `The file has ${sizeBytes} bytes.`, { headers: { 'content-range': `bytes */${sizeBytes}` } });
    }
    reply.headers({
      etag,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=3600',
      'content-type': CONTENT_TYPES[extname(key)] ?? 'application/octet-stream',
      'content-disposition': `inline; filename="${jobId}${extname(key)}"`,
      'access-control-expose-headers': 'Accept-Ranges, Content-Range, ETag, X-Request-Id',
    });
    this.stream(request, reply, key, range, sizeBytes);
  }

  private stream(request: FastifyRequest, reply: FastifyReply, key: string, range: ByteRange | undefined, sizeBytes: number): void {
    reply.header('content-length', range ? range.end - range.start + 1 : sizeBytes);
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
    // The answer to HEAD is the headers: the file is not opened for it. An empty stream leaves the content-length alone.
    reply.send(request.method === 'HEAD' ? Readable.from([]) : this.artifacts.read(key, range));
  }
}
