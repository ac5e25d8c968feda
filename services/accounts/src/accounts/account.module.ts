import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { LOGGER } from '@usvideo/service';
import { AccountErasure } from './account-erasure.store';
import { AccountReader } from './account-reader.sql';
import { AccountStore } from './account.store';
import { startLimitsEnd } from './limits-end.loop';
import { SchedulerLimitsClient } from './scheduler-limits.client';

@Module({
  providers: [AccountErasure, AccountReader, AccountStore, SchedulerLimitsClient],
  exports: [AccountErasure, AccountReader, AccountStore, SchedulerLimitsClient],
})
export class AccountModule implements OnModuleInit {
  constructor(
    private readonly reader: AccountReader,
    private readonly store: AccountStore,
    private readonly limits: SchedulerLimitsClient,
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.lifecycle.keep('limits that end', startLimitsEnd(this.reader, this.store, this.limits, this.logger));
  }
}
