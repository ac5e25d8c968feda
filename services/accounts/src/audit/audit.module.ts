import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.store';

@Module({ providers: [AuditLog], exports: [AuditLog] })
export class AuditModule {}
