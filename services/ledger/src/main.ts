import { openKafka } from '@usvideo/messaging';
import { runService } from '@usvideo/runtime';
import { readLedgerProcessConfig } from './config';
import { startLedger } from './ledger.module';

void runService('ledger', readLedgerProcessConfig, async ({ config, logger, lifecycle }) => {
  const publishers = { 'usvideo.jobs.v1': config.SCHEDULER_GRPC_URL };
  const kafka = openKafka(config, { service: 'ledger', publishers, token: config.SERVICE_TOKEN, logger, lifecycle });
  return kafka.shownBy(await startLedger({ config, transport: kafka.transport, logger }));
});
