import { deliveryAuditSettings, kafkaSettings, type RestoreConfig, restoreSchema } from '@usvideo/messaging';
import {
  callerTokens,
  type CatalogueModel,
  catalogueSettings,
  configuredModels,
  databaseUrl,
  databaseUrlFile,
  migrationSettings,
  parseUsd,
  processSettings,
  readConfig,
  secret,
  serviceToken,
} from '@usvideo/runtime';
import { z } from 'zod';
import { TEST_PICTURE } from './catalogue/models';

export const schedulerSchema = z.object({
  GRPC_LISTEN: z.string().min(1).describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: databaseUrl().describe('PostgreSQL database of this service alone.'),
  DATABASE_URL_FILE: databaseUrlFile(),
  ...migrationSettings,
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(8)
    .max(200)
    .default(16)
    .describe('Connections to the database at most: seven for writer lanes, one for the claim, the rest for reads.'),
  LEDGER_GRPC_URL: z.string().min(1).describe('The ledger, which holds, voids and settles.'),
  LINK_SECRET: secret().min(16).describe('Signs video links; the gateway has the same.'),
  PUBLIC_URL: z.url().describe('The address customers reach the API under; video links begin with it.'),
  ...catalogueSettings,
  LEASE_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(120_000)
    .default(20_000)
    .describe('How long a lease lives after a heartbeat.'),
  RENDER_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(900_000)
    .describe('The longest a render may take from its start.'),
  ADMISSION_MAX_WAIT_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(604_800)
    .default(86_400)
    .describe(
      'Estimated wait above which new jobs are refused with `capacity_exhausted`, until it has fallen to four fifths; 0: never. The default is the deadline jobs have by default.',
    ),
  FLEET_MAX_SLOTS: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe(
      'Slots that each class of jobs has once the fleet has grown as far as it may; 0: only those of connected workers count.',
    ),
  FLEET_COLD_START_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('How long the fleet takes to grow to `FLEET_MAX_SLOTS`.'),
  REMOTE_DAILY_BUDGET_USD: z
    .string()
    .default('0')
    .transform((text, context) => {
      const micros = parseUsd(text);
      if (micros !== undefined && micros >= 0n) return micros;
      context.addIssue({ code: 'custom', message: 'is an amount in US dollars of 0 or more' });
      return z.NEVER;
    })
    .describe(
      'What hosted engines may cost on one day (UTC), in all; never exceeded. What was given to one counts, however it ended. 0: they get nothing.',
    ),
  CONTENT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long prompts, first frames and metadata of ended jobs are kept.'),
  SERVICE_TOKEN: serviceToken(),
  CALLER_TOKENS: callerTokens(),
  ...deliveryAuditSettings,
});

/** With one catalogue, wherever it was read. */
type Offering<Config> = Omit<Config, keyof typeof catalogueSettings> & { readonly MODELS: readonly CatalogueModel[] };

export type SchedulerConfig = Offering<z.output<typeof schedulerSchema>>;

export function readSchedulerConfig(env: Readonly<Record<string, string | undefined>>): SchedulerConfig {
  return offering(readConfig(schedulerSchema, env));
}

function offering<Config extends z.output<typeof schedulerSchema>>({
  MODELS,
  MODELS_FILE,
  ...config
}: Config): Offering<Config> {
  return { ...config, MODELS: configuredModels({ MODELS, MODELS_FILE }) ?? [TEST_PICTURE] };
}

/** What the service reads when it is a process of its own. */
export const schedulerProcessSchema = schedulerSchema.extend({
  ...processSettings,
  ...kafkaSettings,
  ACCOUNTS_GRPC_URL: z
    .string()
    .min(1)
    .describe('The accounts service, asked for events of accounts that Kafka did not bring.'),
});

export function readSchedulerProcessConfig(): Offering<z.output<typeof schedulerProcessSchema>> {
  return offering(readConfig(schedulerProcessSchema, process.env));
}

export function readRestoreConfig(): RestoreConfig {
  return readConfig(restoreSchema, process.env);
}

/** For commands beside the service. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
