import { Module } from '@nestjs/common';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { Peers } from '../peers/peers.client';
import { LOGGER } from '../tokens';
import { EventsController } from './events.controller';
import { FeedWatches } from './feed-watch.client';
import { StreamTokensController } from './stream-tokens.controller';

@Module({
  controllers: [EventsController, StreamTokensController],
  providers: [
    {
      provide: FeedWatches,
      inject: [Peers, LOGGER, Lifecycle],
      useFactory: ({ webhooks }: Peers, logger: Logger, lifecycle: Lifecycle) =>
        lifecycle.keep('feed watch', new FeedWatches(webhooks, logger)),
    },
  ],
})
export class EventsModule {}
