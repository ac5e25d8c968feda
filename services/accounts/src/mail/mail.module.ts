import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Lifecycle, SecretBox, type Logger } from '@usvideo/runtime';
import { CONFIG, LOGGER } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import { LetterBox } from './letter-box.store';
import type { Links } from './letters';
import type { Mailer } from './mailer';
import { openMailer } from './open-mailer.client';
import { LINKS, MAILER, SECRET_BOX } from './tokens';

@Module({
  providers: [
    LetterBox,
    { provide: SECRET_BOX, inject: [CONFIG], useFactory: boxOf },
    { provide: MAILER, inject: [CONFIG, Lifecycle], useFactory: mailerOf },
    { provide: LINKS, inject: [CONFIG], useFactory: linksOf },
  ],
  exports: [LetterBox, SECRET_BOX, LINKS],
})
export class MailModule implements OnModuleInit {
  constructor(
    private readonly letters: LetterBox,
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    if (!this.letters.writes) {
      this.logger.warn(
        'MAIL_URL or SECRETS_KEY is not set: nobody can confirm an address, reset a password or be invited',
      );
    }
    this.lifecycle.keep('letters loop', this.letters.start());
  }
}

function boxOf({ SECRETS_KEY: key }: AccountsConfig): SecretBox | undefined {
  return key === undefined ? undefined : new SecretBox(Buffer.from(key, 'base64'));
}

function mailerOf(
  { MAIL_URL: url, MAIL_FROM: from, MAIL_PROXY: proxy }: AccountsConfig,
  lifecycle: Lifecycle,
): Mailer | undefined {
  return url === undefined ? undefined : lifecycle.keep('mailer', openMailer(url, from, proxy));
}

function linksOf({ PUBLIC_URL: url }: AccountsConfig): Links {
  return { dashboardUrl: `${url.replace(/\/+$/, '')}/dashboard` };
}
