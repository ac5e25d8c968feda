import { z } from 'zod';
import { readConfig, secret } from '../config/config';
import { createLogger } from '../log/logger';
import { migrateDatabase, type MigrateOptions } from './migrate';

const migrationsSchema = z.object({
  DATABASE_URL: secret(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/**
 * The command `migrate.js` beside a service's `main.js`: brings its database to the tables of this version, and ends.
 * @returns its exit code: 0 when all are there, 1 when not, which it explains
 */
export async function runMigrations(
  service: string,
  migrations: MigrateOptions['migrations'],
  environment: Parameters<typeof readConfig>[1],
): Promise<number> {
  try {
    const config = readConfig(migrationsSchema, environment);
    const logger = createLogger(service, config.LOG_LEVEL);
    await migrateDatabase({ url: config.DATABASE_URL, migrations, logger });
    logger.info({ migrations: migrations.length }, 'the database has all tables of this version');
    return 0;
  } catch (error) {
    console.error(`The database of ${service} was not migrated. ${(error as Error).message}`);
    return 1;
  }
}
