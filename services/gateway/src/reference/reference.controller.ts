import { gzipSync } from 'node:zlib';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApiDocument } from './openapi';
import { Settings } from '../http/settings';

/** The reference for machines, written once from the schemas that validate; people read it under /docs. */
@Controller()
export class ReferenceController {
  private readonly document: Buffer;
  private readonly zipped: Buffer;

  constructor(settings: Settings) {
    this.document = Buffer.from(JSON.stringify(openApiDocument(settings.publicUrl)));
    this.zipped = gzipSync(this.document, { level: 9 });
  }

  @Get('openapi.json')
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const zips = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    reply.headers({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=300',
      vary: 'accept-encoding',
    });
    if (zips) reply.header('content-encoding', 'gzip');
    void reply.send(zips ? this.zipped : this.document);
  }
}
