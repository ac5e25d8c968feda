import { Module } from '@nestjs/common';
import { UsageController } from './usage.controller';
import { UsageReports } from './usage-reports.client';

@Module({ controllers: [UsageController], providers: [UsageReports] })
export class UsageModule {}
