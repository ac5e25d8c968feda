import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import { MailModule } from '../mail/mail.module';
import { Attempts } from './attempts.store';
import { Credentials } from './credentials.service';
import { sweepTokens } from './mail-token.sql';
import { Passwords } from './passwords.service';
import { SessionStore } from './session.store';
import { SignIn } from './sign-in.service';
import { SecondFactor } from './totp.service';

const SWEEP_EVERY_MS = 60_000;

@Module({
  imports: [MailModule],
  providers: [Attempts, Credentials, Passwords, SecondFactor, SessionStore, SignIn],
  exports: [Credentials, Passwords, SessionStore, SignIn],
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
