import { openKafka } from '@usvideo/messaging';
import { runService } from '@usvideo/runtime';
import { readWebhooksProcessConfig } from './config';
import { startWebhooks } from './webhooks.module';

void runService('webhooks', readWebhooksProcessConfig, async ({ config, logger, lifecycle }) => {
  const publishers = { 'usvideo.jobs.v1': config.SCHEDULER_GRPC_URL };
  const kafka = openKafka(config, { service: 'webhooks', publishers, token: config.SERVICE_TOKEN, logger, lifecycle });
  return kafka.shownBy(await startWebhooks({ config, transport: kafka.transport, logger }));
});
