import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import { MailModule } from '../mail/mail.module';
import { Attempts } from '../factors/attempts.store';
import { Credentials } from './credentials.service';
import { Flows } from './flow.store';
import { sweepTokens } from '../factors/mail-token.sql';
import { OidcProvider, SCOPE } from './oidc.client';
import { OidcSignIn } from './oidc.service';
import { PasskeySignIn } from './passkey.service';
import { Passkeys } from '../factors/passkey.store';
import { Passwords } from '../factors/passwords.service';
import { relyingPartyOf } from './relying-party';
import { SessionStore } from './session.store';
import { SignIn } from './sign-in.service';
import { OIDC, RELYING_PARTY } from './tokens';
import { SecondFactor } from '../factors/totp.service';

const SWEEP_EVERY_MS = 60_000;

@Module({
  imports: [MailModule],
  providers: [
    Attempts,
    Credentials,
    Flows,
    OidcSignIn,
    Passkeys,
    PasskeySignIn,
    Passwords,
    SecondFactor,
    SessionStore,
    SignIn,
    { provide: OIDC, inject: [CONFIG], useFactory: providerOf },
    {
      provide: RELYING_PARTY,
      inject: [CONFIG],
      useFactory: ({ PUBLIC_URL: url }: AccountsConfig) => relyingPartyOf(url),
    },
  ],
  exports: [Credentials, Flows, OidcSignIn, Passkeys, PasskeySignIn, Passwords, SecondFactor, SessionStore, SignIn],
})
export class SignInModule implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    private readonly attempts: Attempts,
    private readonly sessions: SessionStore,
    private readonly secondFactor: SecondFactor,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.secondFactor.check(this.database);
    const work = async () => {
      await Promise.all([this.attempts.sweep(), this.sessions.sweep(), sweepTokens(this.database)]);
    };
    this.lifecycle.keep(
      'sign-in sweep',
      startLoop({ name: 'accounts_sign_in_sweep', everyMs: SWEEP_EVERY_MS, work, logger: this.logger }),
    );
  }
}

function providerOf(config: AccountsConfig): OidcProvider | undefined {
  const {
    OIDC_ISSUER_URL: issuerUrl,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    OIDC_NAME: name,
    PUBLIC_URL: publicUrl,
  } = config;
  if (issuerUrl === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined)
    throw new Error('OIDC_ISSUER_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET');
  return new OidcProvider({
    issuerUrl,
    clientId,
    clientSecret,
    name,
    redirectUrl: `${publicUrl.replace(/\/+$/, '')}/v1/auth/oidc/callback`,
    scope: SCOPE,
    claims: ['email'],
  });
}
