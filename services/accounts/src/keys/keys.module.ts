import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { LOGGER } from '@usvideo/service';
import { KeyVerification } from './key-verification.service';

const USES_EVERY_MS = 5_000;

@Module({ providers: [KeyVerification], exports: [KeyVerification] })
export class KeysModule implements OnModuleInit {
  constructor(
    private readonly verification: KeyVerification,
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const work = () => this.verification.writeUses();
    this.lifecycle.add('last uses of keys', work);
    this.lifecycle.keep(
      'key uses loop',
      startLoop({ name: 'accounts_key_uses', everyMs: USES_EVERY_MS, work, logger: this.logger }),
    );
  }
}
