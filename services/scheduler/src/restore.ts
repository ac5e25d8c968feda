import { runRestore } from '@usvideo/messaging';
import { readRestoreConfig } from './config';
import { TOPIC } from './scheduler.module';

void runRestore({
  service: 'scheduler',
  topic: TOPIC,
  readConfig: readRestoreConfig,
  args: process.argv.slice(2),
}).then((code) => {
  process.exitCode = code;
});
