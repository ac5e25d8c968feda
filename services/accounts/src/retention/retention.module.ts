import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import { startAuditRetention } from './audit-retention.loop';

@Module({})
export class RetentionModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: AccountsConfig,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.keep(
      'audit retention',
      startAuditRetention(this.database, this.config.AUDIT_RETENTION_DAYS, this.logger),
    );
  }
}
