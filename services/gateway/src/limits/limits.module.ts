import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config';
import { Peers } from '../peers/peers.client';
import { PeersModule } from '../peers/peers.module';
import { CONFIG } from '../tokens';
import { RateLimiter } from './rate-limiter.client';

@Module({
  imports: [PeersModule],
  providers: [
    {
      provide: RateLimiter,
      inject: [Peers, CONFIG],
      useFactory: ({ exchange }: Peers, { GATEWAY_REPLICAS }: GatewayConfig) =>
        new RateLimiter(exchange, GATEWAY_REPLICAS),
    },
  ],
  exports: [RateLimiter],
})
export class LimitsModule {}
