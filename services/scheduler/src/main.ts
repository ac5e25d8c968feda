import { openKafka } from '@usvideo/messaging';
import { runService } from '@usvideo/runtime';
import { readSchedulerProcessConfig } from './config';
import { startScheduler } from './scheduler.module';

void runService('scheduler', readSchedulerProcessConfig, async ({ config, logger, lifecycle }) => {
  const publishers = { 'usvideo.accounts.v1': config.ACCOUNTS_GRPC_URL };
  const kafka = openKafka(config, { service: 'scheduler', publishers, token: config.SERVICE_TOKEN, logger, lifecycle });
  return kafka.shownBy(await startScheduler({ config, transport: kafka.transport, logger }));
});
