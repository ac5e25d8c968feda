import { Controller, Get, Headers } from '@nestjs/common';
import { PathRest } from '../access/parameters.http';
import { Answer } from '../http/answer';
import { Refusal } from '../refusals/refusal';
import { PAGE_HEADERS, cachingOf, isConsole, typeOf } from './page-policy';
import { type WebFile, WebFiles } from './web-files.store';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** The customer's dashboard and the documentation, on the public port. Every address below each is one page, which reads the rest itself. */
@Controller()
export class DashboardController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  root(): Answer {
    return new Answer(undefined, { location: '/dashboard' }, 302);
  }

  @Get(['dashboard', 'dashboard/*'])
  page(@Headers() headers: RequestHeaders): Answer {
    return fileOf(headers, this.files.find('index.html'));
  }

  @Get(['docs', 'docs/*'])
  docs(@Headers() headers: RequestHeaders): Answer {
    return fileOf(headers, this.files.find('docs.html'));
  }

  @Get(['assets/*'])
  asset(@Headers() headers: RequestHeaders, @PathRest() path: string): Answer {
    const name = `assets/${path}`;
    return fileOf(headers, isConsole(name) ? undefined : this.files.find(name));
  }

  @Get('favicon.svg')
  icon(@Headers() headers: RequestHeaders): Answer {
    return fileOf(headers, this.files.find('favicon.svg'));
  }
}

/** The operators' console, on their port. */
@Controller()
export class ConsoleController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  root(): Answer {
    return new Answer(undefined, { location: '/console' }, 302);
  }

  @Get(['console', 'console/*'])
  page(@Headers() headers: RequestHeaders): Answer {
    return fileOf(headers, this.files.find('admin.html'));
  }

  @Get(['assets/*'])
  asset(@Headers() headers: RequestHeaders, @PathRest() path: string): Answer {
    return fileOf(headers, this.files.find(`assets/${path}`));
  }

  @Get('favicon.svg')
  icon(@Headers() headers: RequestHeaders): Answer {
    return fileOf(headers, this.files.find('favicon.svg'));
  }
}

function fileOf(request: RequestHeaders, file: WebFile | undefined): Answer {
  if (!file) throw new Refusal('not_found', 'There is no such page.');
  const headers = {
    ...PAGE_HEADERS,
    'content-type': typeOf(file.name),
    'cache-control': cachingOf(file.name),
    etag: file.etag,
    vary: 'accept-encoding',
  };
  if (request['if-none-match'] === file.etag) return new Answer(undefined, headers, 304);
  const zipped = file.gzip && /\bgzip\b/.test(request['accept-encoding'] ?? '') ? file.gzip : undefined;
  return new Answer(zipped ?? file.bytes, { ...headers, ...(zipped && { 'content-encoding': 'gzip' }) });
}
