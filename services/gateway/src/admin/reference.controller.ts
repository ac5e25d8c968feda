import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendObject } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import { renderDocs } from './docs-page';
import { openApiDocument } from '../reference/openapi';
import { ADMIN_OPERATIONS } from '../operations/operations';
import { parseQuery } from '../validation/query';

/** The reference of the admin port; the public one says nothing of it. */
@Controller()
export class AdminReferenceController {
  private readonly document = openApiDocument('/', ADMIN_OPERATIONS);
  private readonly page = renderDocs(this.document);

  @Get('admin/v1/openapi.json')
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    parseQuery(noQuery, request.query);
    sendObject(reply, 200, this.document);
  }

  @Get('docs')
  docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    parseQuery(noQuery, request.query);
    reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      })
      .send(this.page);
  }
}
