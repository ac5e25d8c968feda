import { runOnKafka } from '@usvideo/service';
import { readLedgerProcessConfig } from './config';
import { startLedger } from './ledger.module';

void runOnKafka('ledger', readLedgerProcessConfig, startLedger, ({ SCHEDULER_GRPC_URL }) => ({
  'usvideo.jobs.v1': SCHEDULER_GRPC_URL,
}));
