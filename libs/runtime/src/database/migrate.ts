import { setTimeout } from 'node:timers/promises';
import { Migrator, type Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { z } from 'zod';
import type { Logger } from '../log/logger';

/** The setting of every service that has a database. */
export const migrationSettings = {
  DATABASE_MIGRATIONS: z
    .enum(['apply', 'await'])
    .default('apply')
    .describe(
      'Whether the service brings its database to its tables when it starts, or waits at most five minutes until `dist/migrate.js` has.',
    ),
};

export interface MigrateOptions {
  readonly url: string;
  /** In the order in which they are applied. Their class names are recorded in the database and never change. */
  readonly migrations: readonly (new (...args: ConstructorParameters<typeof Migration>) => Migration)[];
  readonly logger: Logger;
  /** `await` changes nothing, and resolves once somebody else has applied them all. */
  readonly how?: 'apply' | 'await';
  /** How long `await` waits; five minutes unless told. */
  readonly withinMs?: number;
}

const AWAITED_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 1_000;

/** Any number, the same for every service: each has its own database, and advisory locks belong to one. */
const MIGRATION_LOCK = 7_205_759_403;

/** Brings a database to the latest schema. Replicas that start together wait for one another. */
export async function migrateDatabase(options: MigrateOptions): Promise<void> {
  if (options.how === 'await') return awaitMigrations(options);
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

/** A database that is not there yet is waited for like one without tables. */
async function awaitMigrations({
  url,
  migrations,
  logger,
  withinMs = AWAITED_WITHIN_MS,
}: MigrateOptions): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const missing = await missingFrom(
      url,
      migrations.map(({ name }) => name),
    );
    if (missing.length === 0) return;
    if (performance.now() > until)
      throw new Error(
        `not migrated within ${withinMs} ms: ${missing.join(', ')} of this version have not been applied`,
      );
    logger.debug({ missing }, 'waiting for migrations');
    await setTimeout(LOOK_EVERY_MS);
  }
}

/** As PostgreSQL names a table that is not there, and a database. */
const NOT_THERE = ['42P01', '3D000'];

async function missingFrom(url: string, names: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select name from schema_migration');
    const applied = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !applied.has(name));
  } catch (error) {
    if (!NOT_THERE.includes((error as pg.DatabaseError).code ?? '')) throw error;
    return [...names];
  } finally {
    await client.end();
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
