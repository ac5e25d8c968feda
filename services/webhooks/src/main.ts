import { runOnKafka } from '@usvideo/service';
import { readWebhooksProcessConfig } from './config';
import { startWebhooks } from './webhooks.module';

void runOnKafka(
  'webhooks',
  readWebhooksProcessConfig,
  startWebhooks,
  ({ ACCOUNTS_GRPC_URL, LEDGER_GRPC_URL, SCHEDULER_GRPC_URL }) => ({
    'usvideo.jobs.v1': SCHEDULER_GRPC_URL,
    'usvideo.ledger.v1': LEDGER_GRPC_URL,
    'usvideo.accounts.v1': ACCOUNTS_GRPC_URL,
  }),
);
