import { runRestore } from '@usvideo/messaging';
import { readRestoreConfig } from './config';
import { TOPIC } from './posting/event-codec';

void runRestore({ service: 'ledger', topic: TOPIC, readConfig: readRestoreConfig, args: process.argv.slice(2) }).then(
  (code) => {
    process.exitCode = code;
  },
);
