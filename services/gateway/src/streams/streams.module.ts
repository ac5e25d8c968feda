import { Module } from '@nestjs/common';
import { OpenStreams } from './open-streams.http';

@Module({ providers: [{ provide: OpenStreams, useFactory: () => new OpenStreams() }], exports: [OpenStreams] })
export class StreamsModule {}
