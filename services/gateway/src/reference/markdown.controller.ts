import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { anyone, type Operations } from '../access/operation';
import { Answer } from '../http/answer';
import { Settings } from '../http/settings';
import { markdownPages } from './markdown';
import { openApiDocument } from './openapi';

const PATHS = Object.keys(markdownPages(openApiDocument()));

/** Beside the reference and therefore not in it. */
export const MARKDOWN_OPERATIONS: Operations = Object.fromEntries(
  PATHS.map((path) => [
    `GET ${path}`,
    {
      id: `getMarkdown ${path}`,
      tag: 'Reference',
      summary: 'The reference for programs that read',
      access: anyone('documents'),
      answers: { 200: { description: 'Markdown.', contentType: 'text/markdown' } },
      refusals: [],
    },
  ]),
);

/** The reference as text, for language models and whoever else reads without a browser. */
@Controller()
export class MarkdownController {
  private readonly pages: Readonly<Record<string, string>>;

  constructor(settings: Settings) {
    this.pages = markdownPages(openApiDocument(settings.publicUrl));
  }

  @Get(PATHS)
  page(@Req() { routeOptions }: FastifyRequest): Answer {
    const path = routeOptions.url!;
    const type = path.endsWith('.md') ? 'text/markdown' : 'text/plain';
    return new Answer(this.pages[path], {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'public, max-age=300',
    });
  }
}
