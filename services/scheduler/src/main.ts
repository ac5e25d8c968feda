import { runOnKafka } from '@usvideo/service';
import { readSchedulerProcessConfig } from './config';
import { startScheduler } from './scheduler.module';

void runOnKafka('scheduler', readSchedulerProcessConfig, startScheduler, ({ ACCOUNTS_GRPC_URL }) => ({ 'usvideo.accounts.v1': ACCOUNTS_GRPC_URL }));
