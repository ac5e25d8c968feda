import { list, secret } from '@usvideo/runtime';
import { z } from 'zod';

/** The settings of every service that is a process of its own and tells or hears events. */
export const kafkaSettings = {
  KAFKA_BROKERS: list().pipe(z.array(z.string()).nonempty('is required')).describe('Kafka brokers to begin with: `host:port`, comma-separated.'),
  KAFKA_SSL: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('Whether the brokers speak TLS.'),
  KAFKA_SSL_CA: z.string().optional().describe('PEM of the authority that signed the brokers\' certificates. Unset: those that the system trusts.'),
  KAFKA_SSL_CERT: z.string().optional().describe('PEM of this service\'s own certificate, for brokers that ask for one. With `KAFKA_SSL_KEY`.'),
  KAFKA_SSL_KEY: secret().optional().describe('PEM of the key of `KAFKA_SSL_CERT`.'),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']).optional().describe('How this service logs in at the brokers. Unset: not at all.'),
  KAFKA_SASL_USERNAME: z.string().default('').describe('Name to log in with.'),
  KAFKA_SASL_PASSWORD: secret().optional().describe('Password to log in with.'),
  KAFKA_SASL_TOKEN_FILE: z.string().optional().describe('File with the token of `oauthbearer`, read again for every login: somebody else keeps it fresh.'),
  KAFKA_NAME_PREFIX: z.string().default('').describe('Begins the names of topics and groups, where several installations share a cluster.'),
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).max(9).default(1).describe('Copies of each topic that is made; 3 on three brokers or more.'),
};

export type KafkaSettings = z.output<z.ZodObject<typeof kafkaSettings>>;
