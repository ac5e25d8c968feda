import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { Controller, Get, Inject, Options, Req, Res } from '@nestjs/common';
import { type ArtifactStore, type VerifiedLink, verifyLink } from '@usvideo/artifacts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, videoExpired } from '../refusals/refusal';
import { type ByteRange, readByteRange } from '../access/request-headers';
import { Settings } from '../http/settings';
import { ARTIFACTS } from '../tokens';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

const DIRECT_LINK_SECONDS_MAX = 300;

function presentationOf(
  jobId: string,
  key: string,
): { contentType: string; contentDisposition: string; cacheControl: string } {
  return {
    contentType: CONTENT_TYPES[extname(key)] ?? 'application/octet-stream',
    contentDisposition: `inline; filename="${jobId}${extname(key)}"`,
    cacheControl: 'private, max-age=3600',
  };
}

/** Files behind signed links. The link is the permission: no key is asked for. */
@Controller('v')
export class MediaController {
  constructor(
    private readonly settings: Settings,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
  ) {}

  @Get('*')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = verifyLink({ secret: this.settings.linkSecret, pathAndQuery: request.url, now: new Date() });
    if (target === 'bad_signature')
      throw new Refusal(
        'not_found',
        'This link was changed or never given: its signature does not fit. Get the job again for its links.',
      );
    const found = target === 'expired' ? undefined : await this.artifacts.stat(target.key);
    if (target === 'expired' || !found) throw videoExpired();
    // A HEAD is answered here: a presigned link is signed for GET alone.
    const direct = request.method === 'HEAD' ? undefined : await this.directLink(target, new Date());
    if (direct === undefined) return this.send(request, reply, target, found.sizeBytes);
    reply
      .code(302)
      .headers({ location: direct, 'cache-control': 'no-store', 'access-control-expose-headers': 'X-Request-Id' })
      .send();
  }

  /** Players in a page ask first when they send a Range header. */
  @Options('*')
  preflight(@Res() reply: FastifyReply): void {
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': 'Range, If-Range, If-None-Match',
        'access-control-max-age': '86400',
      })
      .send();
  }

  /** Never valid for longer than the link that leads to it: a signature counts from the beginning of its second. */
  private directLink({ jobId, key, expiresAt }: VerifiedLink, now: Date): Promise<string | undefined> {
    const secondsLeft = Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000);
    const validForSeconds = Math.min(DIRECT_LINK_SECONDS_MAX, secondsLeft);
    return this.artifacts.linkTo(key, { signedAt: now, validForSeconds, ...presentationOf(jobId, key) });
  }

  private send(
    request: FastifyRequest,
    reply: FastifyReply,
    { jobId, key }: { jobId: string; key: string },
    sizeBytes: number,
  ): void {
    // A key names one attempt's output and is never written twice, so it identifies the bytes.
    const etag = `"${createHash('sha256').update(key).digest('hex').slice(0, 32)}"`;
    const headers = request.headers;
    if (headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      reply.code(304).header('etag', etag).send();
      return;
    }
    const range =
      headers['if-range'] === undefined || headers['if-range'] === etag
        ? readByteRange(headers.range, sizeBytes)
        : undefined;
    if (range === 'unsatisfiable') {
      throw new Refusal('range_not_satisfiable', `The file has ${sizeBytes} bytes.`, {
        headers: { 'content-range': `bytes */${sizeBytes}` },
      });
    }
    const presentation = presentationOf(jobId, key);
    reply.headers({
      etag,
      'accept-ranges': 'bytes',
      'cache-control': presentation.cacheControl,
      'content-type': presentation.contentType,
      'content-disposition': presentation.contentDisposition,
      'access-control-expose-headers': 'Accept-Ranges, Content-Range, ETag, X-Request-Id',
    });
    this.stream(request, reply, key, range, sizeBytes);
  }

  private stream(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    range: ByteRange | undefined,
    sizeBytes: number,
  ): void {
    reply.header('content-length', range ? range.end - range.start + 1 : sizeBytes);
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
    // The answer to HEAD is the headers: the file is not opened for it. An empty stream leaves the content-length alone.
    reply.send(request.method === 'HEAD' ? Readable.from([]) : this.artifacts.read(key, range));
  }
}
