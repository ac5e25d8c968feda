import { runMigrations } from '@usvideo/runtime';
import { readEnvironment } from './config';
import { LEDGER_MIGRATIONS } from './migrations/all';

void runMigrations('ledger', LEDGER_MIGRATIONS, readEnvironment()).then((code) => {
  process.exitCode = code;
});
