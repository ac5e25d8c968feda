import { list, secret } from '@usvideo/runtime';
import { z } from 'zod';

/** A broker without its port is nobody; an IPv6 address stands in brackets. */
const BROKER = /^(?:[^\s:/]+|\[[0-9a-f:.]+\]):\d{1,5}$/i;

/** The settings of every service that is a process of its own and tells or hears events. */
export const kafkaSettings = {
  KAFKA_BROKERS: list()
    .pipe(z.array(z.string().regex(BROKER, 'must be host:port, comma-separated')).nonempty('is required'))
    .describe('Kafka brokers to begin with: `host:port`, comma-separated.'),
  KAFKA_SSL: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Whether the brokers speak TLS.'),
  KAFKA_SSL_CA: z
    .string()
    .optional()
    .describe("PEM of the authority that signed the brokers' certificates. Unset: those that the system trusts."),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
    .optional()
    .describe('How this service logs in at the brokers. Unset: not at all, or by its certificate.'),
  KAFKA_SSL_CERT: z
    .string()
    .optional()
    .describe("PEM of this service's certificate, where brokers know their clients by it."),
  KAFKA_SSL_KEY: secret().optional().describe('PEM of the private key of that certificate.'),
  KAFKA_SASL_USERNAME: z.string().default('').describe('Name to log in with.'),
  KAFKA_SASL_PASSWORD: secret().optional().describe('Password to log in with.'),
  KAFKA_OAUTH_TOKEN_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where `oauthbearer` gets its tokens, with the client credentials that are its name and password.'),
  KAFKA_OAUTH_SCOPE: z.string().optional().describe('The scope that is asked for there.'),
  KAFKA_NAME_PREFIX: z
    .string()
    .default('')
    .describe('Begins the names of topics and groups, where several installations share a cluster.'),
  KAFKA_REPLICATION_FACTOR: z.coerce
    .number()
    .int()
    .min(1)
    .max(9)
    .default(1)
    .describe('Copies of each topic that is made; 3 on three brokers or more.'),
};

export type KafkaSettings = z.output<z.ZodObject<typeof kafkaSettings>>;
