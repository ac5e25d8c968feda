import { kafkaSettings } from '@usvideo/messaging';
import { callerTokens, processSettings, readConfig, secret, serviceToken } from '@usvideo/runtime';
import { z } from 'zod';

export const ledgerSchema = z.object({
  GRPC_LISTEN: z.string().min(1).describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: secret().describe('PostgreSQL database of this service alone.'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(4).max(200).default(10).describe('Connections to the database at most: one per writer lane, the rest for reads.'),
  WRITER_LANES: z.coerce.number().int().min(1).max(4).default(2).describe('Transactions of this process that write money at the same time, at most.'),
  CALLER_TOKENS: callerTokens(),
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
