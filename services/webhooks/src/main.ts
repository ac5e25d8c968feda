import { runOnKafka } from '@usvideo/service';
import { readWebhooksProcessConfig } from './config';
import { startWebhooks } from './webhooks.module';

void runOnKafka('webhooks', readWebhooksProcessConfig, startWebhooks, ({ SCHEDULER_GRPC_URL }) => ({ 'usvideo.jobs.v1': SCHEDULER_GRPC_URL }));
