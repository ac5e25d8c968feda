import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendObject } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import { openApiDocument } from '../reference/openapi';
import { ADMIN_OPERATIONS } from '../reference/operations';
import { parseQuery } from '../validation/query';

/** The reference of the admin port, for operators only; the public one says nothing of it. */
@Controller('admin/v1')
export class AdminReferenceController {
  private readonly document = openApiDocument('/', ADMIN_OPERATIONS);

  @Get('openapi.json')
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    parseQuery(noQuery, request.query);
    sendObject(reply, 200, this.document);
  }
}
