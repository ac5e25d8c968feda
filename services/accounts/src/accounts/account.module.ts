import { Module } from '@nestjs/common';
import { AccountReader } from './account-reader.sql';
import { AccountStore } from './account.store';
import { SchedulerLimitsClient } from './scheduler-limits.client';

@Module({ providers: [AccountReader, AccountStore, SchedulerLimitsClient], exports: [AccountReader, AccountStore, SchedulerLimitsClient] })
export class AccountModule {}
