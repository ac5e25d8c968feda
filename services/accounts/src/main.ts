import { runOnKafka } from '@usvideo/service';
import { startAccounts } from './accounts.module';
import { readAccountsProcessConfig } from './config';

void runOnKafka('accounts', readAccountsProcessConfig, startAccounts);
