import { gzipSync } from 'node:zlib';
import { Controller, Get, Headers } from '@nestjs/common';
import { openApiDocument } from './openapi';
import { Answer } from '../http/answer';
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
  openApi(@Headers('accept-encoding') encodings = ''): Answer {
    const zips = /\bgzip\b/.test(encodings);
    return new Answer(zips ? this.zipped : this.document, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=300',
      vary: 'accept-encoding',
      ...(zips && { 'content-encoding': 'gzip' }),
    });
  }
}
