import { kafkaSettings, type RestoreConfig, restoreSchema } from '@usvideo/messaging';
import { callerTokens, migrationSettings, processSettings, readConfig, secret, serviceToken } from '@usvideo/runtime';
import { z } from 'zod';

export const accountsSchema = z.object({
  GRPC_LISTEN: z.string().describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: secret().describe('PostgreSQL database of this service alone.'),
  ...migrationSettings,
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(8).describe('Connections to the database at most.'),
  SCHEDULER_GRPC_URL: z.string().describe('The scheduler, which hears of changed limits at once.'),
  SERVICE_TOKEN: serviceToken(),
  CALLER_TOKENS: callerTokens(),
});

export type AccountsConfig = z.output<typeof accountsSchema>;

export function readAccountsConfig(env: Readonly<Record<string, string | undefined>>): AccountsConfig {
  return readConfig(accountsSchema, env);
}

/** What the service reads when it is a process of its own. */
export const accountsProcessSchema = accountsSchema.extend({ ...processSettings, ...kafkaSettings });

export function readAccountsProcessConfig(): z.output<typeof accountsProcessSchema> {
  return readConfig(accountsProcessSchema, process.env);
}

export function readRestoreConfig(): RestoreConfig {
  return readConfig(restoreSchema, process.env);
}

/** For commands beside the service. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
