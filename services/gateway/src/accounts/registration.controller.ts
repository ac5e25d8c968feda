import { Controller, Post } from '@nestjs/common';
import type { Actor } from '@usvideo/contracts/accounts';
import { SelfActor } from '../access/parameters.http';
import { Answer } from '../http/answer';
import { Refusal } from '../refusals/refusal';
import { registerSchema } from '../http/requests';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { Registration } from './registration.client';
import { sessionCookie } from '../identity/session-caller';
import { Settings } from '../http/settings';

@Controller('v1/auth')
export class RegistrationController {
  constructor(
    private readonly registration: Registration,
    private readonly settings: Settings,
  ) {}

  @Post('register')
  async register(
    @ValidBody(registerSchema) { email, password, account_name: accountName }: Valid<typeof registerSchema>,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    if (this.settings.registration !== 'open')
      throw new Refusal('forbidden', 'Registration is not open here. Ask the operator for an account.');
    const opened = await this.registration.open({
      email,
      password,
      accountName,
      plan: 'standard',
      author: 'self',
      actor,
      signIn: true,
      emailVerified: false,
    });
    const cookie: Record<string, string> = opened.sessionToken
      ? { 'set-cookie': sessionCookie(opened.sessionToken, undefined, this.settings.isSecure) }
      : {};
    return new Answer(
      {
        account_id: opened.account?.accountId,
        live_key: opened.liveKey,
        test_key: opened.testKey,
        webhook_secret: opened.webhookSecret ?? null,
      },
      cookie,
    );
  }
}
