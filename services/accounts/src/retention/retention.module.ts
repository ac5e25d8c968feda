import { Module } from '@nestjs/common';
import { AuditRetention } from './audit-retention.loop';

@Module({ providers: [AuditRetention] })
export class RetentionModule {}
