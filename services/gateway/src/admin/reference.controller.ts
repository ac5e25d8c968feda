import { Controller, Get } from '@nestjs/common';
import { Answer } from '../http/answer';
import { renderDocs } from './docs-page';
import { openApiDocument } from '../reference/openapi';
import { ADMIN_OPERATIONS } from '../operations/admin-operations';

/** The reference of the admin port; the public one says nothing of it. */
@Controller()
export class AdminReferenceController {
  private readonly document = openApiDocument('/', ADMIN_OPERATIONS);
  private readonly page = renderDocs(this.document);

  @Get('admin/v1/openapi.json')
  openApi(): object {
    return this.document;
  }

  @Get('docs')
  docs(): Answer {
    return new Answer(this.page, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
  }
}
