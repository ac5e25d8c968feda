import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config';
import { Peers } from '../peers/peers.client';
import { PeersModule } from '../peers/peers.module';
import { CONFIG } from '../tokens';
import { KeyVerifier } from './key-verifier.client';
import { OperatorVerifier } from './operator-verifier.client';
import { SessionVerifier } from './session-verifier.client';

@Module({
  imports: [PeersModule],
  providers: [
    { provide: KeyVerifier, inject: [Peers], useFactory: ({ accounts }: Peers) => new KeyVerifier(accounts) },
    { provide: SessionVerifier, inject: [Peers], useFactory: ({ members }: Peers) => new SessionVerifier(members) },
    {
      provide: OperatorVerifier,
      inject: [Peers, CONFIG],
      useFactory: ({ operators }: Peers, { ADMIN_TOKEN }: GatewayConfig) =>
        new OperatorVerifier(operators, ADMIN_TOKEN),
    },
  ],
  exports: [KeyVerifier, SessionVerifier, OperatorVerifier],
})
export class IdentityModule {}
