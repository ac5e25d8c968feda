import { runOnKafka } from '@usvideo/service';
import { readSchedulerProcessConfig } from './config';
import { startScheduler } from './scheduler.module';

void runOnKafka('scheduler', readSchedulerProcessConfig, startScheduler, ({ ACCOUNTS_GRPC_URL, LEDGER_GRPC_URL }) => ({
  'usvideo.accounts.v1': ACCOUNTS_GRPC_URL,
  'usvideo.ledger.v1': LEDGER_GRPC_URL,
}));
