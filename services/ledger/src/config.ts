import { deliveryAuditSettings, kafkaSettings, type RestoreConfig, restoreSchema } from '@usvideo/messaging';
import {
  callerTokens,
  catalogueSettings,
  databaseUrl,
  databaseUrlFile,
  list,
  migrationSettings,
  processSettings,
  readConfig,
  secret,
  serviceToken,
} from '@usvideo/runtime';
import { z } from 'zod';

export const ledgerSchema = z.object({
  GRPC_LISTEN: z.string().min(1).describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: databaseUrl().describe('PostgreSQL database of this service alone.'),
  DATABASE_URL_FILE: databaseUrlFile(),
  ...migrationSettings,
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(4)
    .max(200)
    .default(10)
    .describe('Connections to the database at most: one per writer lane, the rest for reads.'),
  WRITER_LANES: z.coerce
    .number()
    .int()
    .min(1)
    .max(4)
    .default(2)
    .describe('Transactions of this process that write money at the same time, at most.'),
  ...catalogueSettings,
  CALLER_TOKENS: callerTokens(),
  ...deliveryAuditSettings,
  LEDGER_SIGNING_KEY: secret()
    .refine((text) => Buffer.from(text, 'base64').length === 32, 'is 32 bytes in base64')
    .optional()
    .describe(
      '32 random bytes in base64. Signs the daily roots (Ed25519), and quotes with a key derived from it. Without it no roots are signed, and quotes end with the process.',
    ),
  LEDGER_TRUSTED_KEYS: list().describe('Public keys (base64) that signed roots before the present one.'),
  QUOTE_VALID_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe('How long a quote locks its price.'),
  PAYMENT_PROVIDER: z
    .enum(['manual', 'stripe'])
    .default('manual')
    .describe('Where customers top up: `manual` waits for an operator, `stripe` opens its Checkout.'),
  STRIPE_SECRET_KEY: secret().optional().describe('Needed by `stripe`.'),
  STRIPE_WEBHOOK_SECRET: secret().optional().describe('Needed by `stripe`: signs what its webhook sends.'),
  STRIPE_API_URL: z.string().url().default('https://api.stripe.com').describe('Another address for tests.'),
});

export type LedgerConfig = z.output<typeof ledgerSchema>;

export function readLedgerConfig(env: Readonly<Record<string, string | undefined>>): LedgerConfig {
  return readConfig(ledgerSchema, env);
}

/** What the service reads when it is a process of its own. */
export const ledgerProcessSchema = ledgerSchema.extend({
  ...processSettings,
  ...kafkaSettings,
  SCHEDULER_GRPC_URL: z.string().min(1).describe('The scheduler, asked for events of jobs that Kafka did not bring.'),
  SERVICE_TOKEN: serviceToken(),
});

export function readLedgerProcessConfig(): z.output<typeof ledgerProcessSchema> {
  return readConfig(ledgerProcessSchema, process.env);
}

export function readRestoreConfig(): RestoreConfig {
  return readConfig(restoreSchema, process.env);
}

/** For commands beside the service. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
