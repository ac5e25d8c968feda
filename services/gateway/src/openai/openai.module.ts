import { Module } from '@nestjs/common';
import { VideosModule } from '../videos/videos.module';
import { OpenAiVideosController } from './openai-videos.controller';

@Module({ imports: [VideosModule], controllers: [OpenAiVideosController] })
export class OpenAiModule {}
