import { Module } from '@nestjs/common';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import type { GatewayConfig } from '../config';
import { CONFIG, LOGGER } from '../tokens';
import { Peers } from './peers.client';

@Module({
  providers: [
    {
      provide: Peers,
      inject: [CONFIG, LOGGER, Lifecycle],
      useFactory: (config: GatewayConfig, logger: Logger, lifecycle: Lifecycle) =>
        lifecycle.keep('connections to services', new Peers(config, logger)),
    },
  ],
  exports: [Peers],
})
export class PeersModule {}
