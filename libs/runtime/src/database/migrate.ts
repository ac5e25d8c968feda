import { Migrator, type Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import type { Logger } from '../log/logger';

export interface MigrateOptions {
  readonly url: string;
  /** In the order in which they are applied. Their class names are recorded in the database and never change. */
  readonly migrations: readonly (new (...args: ConstructorParameters<typeof Migration>) => Migration)[];
  readonly logger: Logger;
}

/** Any number, the same for every service: each has its own database, and advisory locks belong to one. */
const MIGRATION_LOCK = 7_205_759_403;

/** Brings a database to the latest schema. Replicas that start together wait for one another. */
export async function migrateDatabase(options: MigrateOptions): Promise<void> {
  const guard = new pg.Client({ connectionString: options.url });
  await guard.connect();
  try {
    await guard.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await applyPending(options);
    if (applied.length > 0) options.logger.info({ migrations: applied }, 'the database was migrated');
  } finally {
    await guard.end();
  }
}

async function applyPending(options: MigrateOptions): Promise<string[]> {
  const orm = await MikroORM.init({
    clientUrl: options.url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: {
      tableName: 'schema_migration',
      snapshot: false,
      silent: true,
      migrationsList: options.migrations.map((migration) => ({ name: migration.name, class: migration })),
    },
  });
  try {
    return (await orm.migrator.up()).map((migration) => migration.name);
  } finally {
    await orm.close(true);
  }
}
