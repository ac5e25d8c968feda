import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config';
import { IdentityModule } from '../identity/identity.module';
import { KeyVerifier } from '../identity/key-verifier.client';
import { OperatorVerifier } from '../identity/operator-verifier.client';
import { SessionVerifier } from '../identity/session-verifier.client';
import { LimitsModule } from '../limits/limits.module';
import { RateLimiter } from '../limits/rate-limiter.client';
import { CONFIG } from '../tokens';
import { Access } from './access.http';

@Module({
  imports: [IdentityModule, LimitsModule],
  providers: [
    {
      provide: Access,
      inject: [KeyVerifier, SessionVerifier, OperatorVerifier, RateLimiter, CONFIG],
      useFactory: (
        keys: KeyVerifier,
        sessions: SessionVerifier,
        operators: OperatorVerifier,
        limiter: RateLimiter,
        config: GatewayConfig,
      ) =>
        new Access({
          keys,
          sessions,
          limiter,
          operators,
          bootstrapOnly: config.ADMIN_TOKEN_ONLY_MAKES_OPERATORS,
          linkSecret: config.LINK_SECRET,
          supportUrl: config.SUPPORT_URL,
        }),
    },
  ],
  exports: [Access, IdentityModule, LimitsModule],
})
export class AccessModule {}
