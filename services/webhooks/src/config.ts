import { deliveryAuditSettings, kafkaSettings } from '@usvideo/messaging';
import {
  callerTokens,
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

const count = (fallback: number, highest: number) => z.coerce.number().int().min(1).max(highest).default(fallback);

export const webhooksSchema = z.object({
  GRPC_LISTEN: z.string().describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: databaseUrl().describe('PostgreSQL database of this service alone.'),
  DATABASE_URL_FILE: databaseUrlFile(),
  ...migrationSettings,
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(4)
    .max(200)
    .default(12)
    .describe('Connections to the database at most.'),
  SCHEDULER_GRPC_URL: z.string().describe('The scheduler, which describes the jobs that webhooks tell of.'),
  SECRETS_KEY: secret().describe('32 bytes in base64 that encrypt the signing secrets.'),
  OUTBOUND_ALLOW_CIDRS: list().describe(
    'Private address ranges that webhooks may reach, over plain http too; separated by commas.',
  ),
  OUTBOUND_FORBIDDEN_PORTS: list()
    .transform((ports) => ports.map(Number))
    .describe(
      "Ports that are never reached in those ranges, separated by commas: the platform's own, where it shares a machine with its customer.",
    ),
  OUTBOUND_PROXY: z
    .string()
    .optional()
    .describe('Proxy for requests to customers. It resolves and judges names, and has to deny private ranges.'),
  WEBHOOK_TIMEOUT_MS: count(15_000, 60_000).describe(
    'Longest time of one attempt, from name resolution to the last byte.',
  ),
  WEBHOOK_LEASE_MS: count(30_000, 300_000).describe(
    'How long an attempt whose process died keeps its delivery; above the timeout.',
  ),
  WEBHOOK_SLOTS: count(256, 10_000).describe('Attempts under way in one process at most.'),
  WEBHOOK_IN_FLIGHT_PER_DESTINATION: count(4, 1_000).describe(
    'Attempts under way for one account at one server at most.',
  ),
  WEBHOOK_IN_FLIGHT_PER_ACCOUNT: count(32, 10_000).describe('Attempts under way for one account at most.'),
  WEBHOOK_RETENTION_DAYS: count(30, 3_650).describe(
    'How long ended deliveries and what was answered are kept; not longer than the feed.',
  ),
  FEED_RETENTION_DAYS: count(30, 3_650).describe('How long the events of the feed and their bodies are kept.'),
  SERVICE_TOKEN: serviceToken(),
  CALLER_TOKENS: callerTokens(),
  ...deliveryAuditSettings,
});

export type WebhooksConfig = z.output<typeof webhooksSchema>;

export function readWebhooksConfig(env: Readonly<Record<string, string | undefined>>): WebhooksConfig {
  return readConfig(webhooksSchema, env);
}

/** What the service reads when it is a process of its own. */
export const webhooksProcessSchema = webhooksSchema.extend({
  ...processSettings,
  ...kafkaSettings,
  LEDGER_GRPC_URL: z.string().min(1).describe('The ledger, asked for events of money that Kafka did not bring.'),
  ACCOUNTS_GRPC_URL: z
    .string()
    .min(1)
    .describe('The accounts service, asked for events of accounts that Kafka did not bring.'),
});

export function readWebhooksProcessConfig(): z.output<typeof webhooksProcessSchema> {
  return readConfig(webhooksProcessSchema, process.env);
}

/** For commands beside the service. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
