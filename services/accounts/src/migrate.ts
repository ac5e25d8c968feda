import { runMigrations } from '@usvideo/runtime';
import { readEnvironment } from './config';
import { ACCOUNTS_MIGRATIONS } from './migrations/all';

void runMigrations('accounts', ACCOUNTS_MIGRATIONS, readEnvironment()).then((code) => {
  process.exitCode = code;
});
