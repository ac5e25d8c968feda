import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { renderDocs } from './docs-page';
import { openApiDocument } from './openapi';
import { sendJson } from '../access/request-state.http';
import { Settings } from '../http/settings';

/** The reference, rendered once from the schemas that validate. */
@Controller()
export class ReferenceController {
  private readonly document: string;
  private readonly page: string;

  constructor(settings: Settings) {
    const document = openApiDocument(settings.publicUrl);
    this.document = JSON.stringify(document);
    this.page = renderDocs(document);
  }

  @Get('openapi.json')
  openApi(@Res() reply: FastifyReply): void {
    sendJson(reply.header('cache-control', 'public, max-age=300'), 200, this.document);
  }

  @Get('docs')
  docs(@Res() reply: FastifyReply): void {
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    }).send(this.page);
  }
}
