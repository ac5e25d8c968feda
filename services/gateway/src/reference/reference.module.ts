import { Module } from '@nestjs/common';
import { MarkdownController } from './markdown.controller';
import { ReferenceController } from './reference.controller';

@Module({ controllers: [ReferenceController, MarkdownController] })
export class ReferenceModule {}
