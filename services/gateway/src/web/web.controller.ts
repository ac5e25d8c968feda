import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusals/refusal';
import { PAGE_HEADERS, cachingOf, isConsole, typeOf } from './page-policy';
import { type WebFile, WebFiles } from './web-files.store';

const wildcardOf = (request: FastifyRequest) => (request.params as { '*': string })['*'];

/** The customer's dashboard and the documentation, on the public port. Every address below each is one page, which reads the rest itself. */
@Controller()
export class DashboardController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  root(@Res() reply: FastifyReply): void {
    void reply.redirect('/dashboard', 302);
  }

  @Get(['dashboard', 'dashboard/*'])
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find('index.html'));
  }

  @Get(['docs', 'docs/*'])
  docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find('docs.html'));
  }

  @Get(['assets/*'])
  asset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const name = `assets/${wildcardOf(request)}`;
    sendFile(request, reply, isConsole(name) ? undefined : this.files.find(name));
  }

  @Get('favicon.svg')
  icon(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find('favicon.svg'));
  }
}

/** The operators' console, on their port. */
@Controller()
export class ConsoleController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  root(@Res() reply: FastifyReply): void {
    void reply.redirect('/console', 302);
  }

  @Get(['console', 'console/*'])
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find('admin.html'));
  }

  @Get(['assets/*'])
  asset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find(`assets/${wildcardOf(request)}`));
  }

  @Get('favicon.svg')
  icon(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.files.find('favicon.svg'));
  }
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile | undefined): void {
  if (!file) throw new Refusal('not_found', 'There is no such page.');
  reply.headers({
    ...PAGE_HEADERS,
    'content-type': typeOf(file.name),
    'cache-control': cachingOf(file.name),
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (request.headers['if-none-match'] === file.etag) return void reply.code(304).send();
  const zipped = file.gzip && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') ? file.gzip : undefined;
  if (zipped) reply.header('content-encoding', 'gzip');
  void reply.send(zipped ?? file.bytes);
}
