import { Module } from '@nestjs/common';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { Peers } from '../peers/peers.client';
import { PeersModule } from '../peers/peers.module';
import { LOGGER } from '../tokens';
import { DeclinedTopUps } from './declined-top-ups.loop';

/** What people are written to about money. */
@Module({
  imports: [PeersModule],
  providers: [
    {
      provide: DeclinedTopUps,
      inject: [Peers, LOGGER, Lifecycle],
      useFactory: ({ ledger, members }: Peers, logger: Logger, lifecycle: Lifecycle) =>
        lifecycle.keep('letters about declined cards', new DeclinedTopUps({ ledger, members, logger }).start()),
    },
  ],
})
export class LettersModule {}
