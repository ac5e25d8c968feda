import type { Admin, Kafka, KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import type { Logger } from '@usvideo/runtime';
import { kafkaJs } from './kafka-js';
import { watchedSockets } from './kafka-socket';

export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** True trusts the system's authorities; `ca` is PEM and replaces them. `cert` and `key` are PEM of the client's own. */
  readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: KafkaLogin;
}

export type KafkaLogin = KafkaPassword | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

export interface KafkaPassword {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Makes a client for one purpose. Consumers of one client share what they know of committed offsets, so each gets its own. */
export type KafkaClients = (purpose: string) => Kafka;

/** Calls fail after about two seconds of retries; whoever needs more patience repeats them. */
const RETRY = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2 };

export function kafkaClients(connection: KafkaConnection, clientId: string, logger: Logger): KafkaClients {
  const { Kafka, logLevel } = kafkaJs();
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    ssl: typeof connection.ssl === 'object' ? { ...connection.ssl } : connection.ssl,
    sasl: loginOf(connection),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: RETRY,
    socketFactory: watchedSockets(),
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => log(logger, entry),
  };
  return (purpose) => new Kafka({ ...config, clientId: `${clientId}-${purpose}` });
}

/** A copy, because the client stores an authenticator with this password in the object it is given. */
function loginOf({ sasl }: KafkaConnection): SASLOptions | undefined {
  if (sasl?.mechanism === 'oauthbearer')
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) };
  return sasl && ({ mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } as SASLOptions);
}

/**
 * Does one piece of administration. An administrator that once asked about a topic fails in everything after the topic was
 * deleted, so none is kept.
 */
export async function administer<T>(clients: KafkaClients, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clients('admin').admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** For who looks closer: whatever the client gives up, its user here repeats and reports, while the client tells of each try on its way. */
function log(logger: Logger, { namespace, log: { message, error } }: LogEntry): void {
  logger.debug({ client: namespace, err: error }, message);
}
