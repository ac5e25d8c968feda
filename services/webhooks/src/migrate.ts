import { runMigrations } from '@usvideo/runtime';
import { readEnvironment } from './config';
import { WEBHOOKS_MIGRATIONS } from './migrations/all';

void runMigrations('webhooks', WEBHOOKS_MIGRATIONS, readEnvironment()).then((code) => {
  process.exitCode = code;
});
