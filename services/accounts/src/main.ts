import { openKafka } from '@usvideo/messaging';
import { runService } from '@usvideo/runtime';
import { startAccounts } from './accounts.module';
import { readAccountsProcessConfig } from './config';

void runService('accounts', readAccountsProcessConfig, async ({ config, logger, lifecycle }) => {
  const kafka = openKafka(config, { service: 'accounts', logger, lifecycle });
  return kafka.shownBy(await startAccounts({ config, transport: kafka.transport, logger }));
});
