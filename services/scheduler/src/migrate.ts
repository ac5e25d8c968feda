import { runMigrations } from '@usvideo/runtime';
import { readEnvironment } from './config';
import { MIGRATIONS } from './migrations/all';

void runMigrations('scheduler', MIGRATIONS, readEnvironment()).then((code) => {
  process.exitCode = code;
});
