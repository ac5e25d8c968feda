import { runRestore } from '@usvideo/messaging';
import { ACCOUNTS_TOPIC as TOPIC } from './accounts.module';
import { readRestoreConfig } from './config';

void runRestore({ service: 'accounts', topic: TOPIC, readConfig: readRestoreConfig, args: process.argv.slice(2) }).then(
  (code) => {
    process.exitCode = code;
  },
);
