import { Module } from '@nestjs/common';
import { CONFIG } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import { OidcProvider } from '../sign-in/oidc.client';
import { SignInModule } from '../sign-in/sign-in.module';
import { OperatorOidcSignIn, type OperatorOidc } from './operator-oidc.service';
import { OperatorStore } from './operator.store';
import { PendingOrders } from './pending-order.store';
import { OPERATOR_OIDC } from './tokens';

@Module({
  imports: [SignInModule],
  providers: [
    OperatorStore,
    PendingOrders,
    OperatorOidcSignIn,
    { provide: OPERATOR_OIDC, inject: [CONFIG], useFactory: providerOf },
  ],
  exports: [OperatorStore, PendingOrders, OperatorOidcSignIn],
})
export class OperatorsModule {}

function providerOf(config: AccountsConfig): OperatorOidc | undefined {
  const {
    OPERATOR_OIDC_ISSUER_URL: issuerUrl,
    OPERATOR_OIDC_CLIENT_ID: clientId,
    OPERATOR_OIDC_CLIENT_SECRET: clientSecret,
    OPERATOR_OIDC_ROLES: roles,
    OPERATOR_OIDC_ROLE_CLAIM: roleClaim,
  } = config;
  if (issuerUrl === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined || roles.size === 0)
    throw new Error(
      'OPERATOR_OIDC_ISSUER_URL needs OPERATOR_OIDC_CLIENT_ID, OPERATOR_OIDC_CLIENT_SECRET and OPERATOR_OIDC_ROLES',
    );
  const provider = new OidcProvider({
    issuerUrl,
    clientId,
    clientSecret,
    name: config.OPERATOR_OIDC_NAME,
    redirectUrl: `${config.CONSOLE_URL.replace(/\/+$/, '')}/console/signed-in`,
    scope: config.OPERATOR_OIDC_SCOPE,
    claims: ['email', roleClaim],
  });
  return { provider, roleClaim, roles, sessionHours: config.OPERATOR_SESSION_HOURS };
}
