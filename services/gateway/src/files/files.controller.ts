import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller';
import { KeyCaller } from '../access/parameters.http';
import { RateLimiter } from '../limits/rate-limiter.client';
import { Answer } from '../http/answer';
import { Settings } from '../http/settings';
import { spendCreate } from '../access/create-rate.client';
import { Refusal } from '../refusals/refusal';
import { PICTURE_FIELD } from './file-form';
import { pictureOfForm } from './picture-form.http';
import { type UploadedFile, UploadedFileStore } from './uploaded-file.store';

/** Pictures, given once and named in as many jobs as wanted. */
@Controller('v1/files')
export class FilesController {
  constructor(
    private readonly files: UploadedFileStore,
    private readonly limiter: RateLimiter,
    private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(201)
  async create(@KeyCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown): Promise<Answer> {
    await spendCreate(this.limiter, request, this.settings.supportUrl);
    const file = await this.files.put(
      caller,
      await pictureOfForm(request.headers['content-type'], body),
      PICTURE_FIELD,
    );
    return new Answer(fileView(caller, file), { location: `${this.settings.publicUrl}/v1/files/${file.id}` });
  }

  @Get(':id')
  async get(@KeyCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    const file = await this.files.get(caller, id);
    if (!file) throw fileNotFound();
    return fileView(caller, file);
  }

  /** Jobs that named it have it still. */
  @Delete(':id')
  async delete(@KeyCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    if (!(await this.files.delete(caller, id))) throw fileNotFound();
    return { id, object: 'file', deleted: true };
  }
}

function fileView({ environment }: Caller, { id, sizeBytes, type, createdAt, expiresAt }: UploadedFile): object {
  return {
    id,
    object: 'file',
    livemode: environment === 'live',
    bytes: sizeBytes,
    content_type: type,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}

/** Another account's file, one of the other environment and one that never was read the same. */
function fileNotFound(): Refusal {
  return new Refusal('not_found', 'There is no file with this id: it was deleted, or its time is over.');
}
