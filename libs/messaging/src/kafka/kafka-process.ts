import { EventLogServiceClient } from '@usvideo/contracts/events';
import type { RestorableLog } from '@usvideo/event-store';
import { ConfigError, dial, within, type Lifecycle, type Logger, type Service } from '@usvideo/runtime';
import {
  kafkaClients,
  type KafkaClients,
  type KafkaConnection,
  type KafkaLogin,
} from '../kafka-connection/kafka-client';
import { oauthTokens } from '../kafka-connection/oauth-tokens';
import type { KafkaSettings } from '../kafka-connection/kafka-settings';
import { TailReader } from './kafka-tail';
import { KafkaTransport } from './kafka-transport';
import { remoteLog } from '../remote-log';
import type { EventTransport } from '../transport';

export interface KafkaUse {
  readonly service: string;
  /** Where the publisher of each topic that is heard answers for its log, and what is shown to it. */
  readonly publishers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

export interface OpenKafka {
  readonly transport: EventTransport;
  /** The service, whose readiness then shows whether a broker answers. It can do without one for a while. */
  shownBy(service: Service): Service;
}

const ANSWER_WITHIN_MS = 2_000;

/** The transport of a service that is a process of its own. Returns at once: Kafka may come later. */
export function openKafka(
  config: KafkaSettings,
  { service, publishers = {}, token, logger, lifecycle }: KafkaUse,
): OpenKafka {
  const clients = kafkaClients(connectionOf(config), service, logger);
  const logs = openLogs(publishers, token, lifecycle);
  const openLog = (topic: string): RestorableLog => {
    const log = logs.get(topic);
    if (log === undefined) throw new Error(`nobody is known who answers for the log of ${topic}`);
    return log;
  };
  const transport = new KafkaTransport({
    clients,
    logger,
    openLog,
    namePrefix: config.KAFKA_NAME_PREFIX,
    replicationFactor: config.KAFKA_REPLICATION_FACTOR,
  });
  const isThere = brokerProbe(clients('probe').admin(), lifecycle);
  return {
    transport,
    shownBy: (running) => ({
      ...running,
      ready: async () => {
        const [{ needs, uses }, kafka] = await Promise.all([running.ready(), isThere()]);
        return { needs, uses: { ...uses, kafka } };
      },
    }),
  };
}

/** For a command that looks at a topic of a service. */
export function openTopic(config: KafkaSettings, topic: string, logger: Logger): TailReader {
  return new TailReader(
    kafkaClients(connectionOf(config), 'command', logger),
    `${config.KAFKA_NAME_PREFIX}${topic}`,
    logger,
  );
}

/** @throws ConfigError for settings that only make sense together */
export function connectionOf(config: KafkaSettings): KafkaConnection {
  const { KAFKA_SSL: tls, KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = config;
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError(['KAFKA_SSL_CERT: goes with KAFKA_SSL_KEY, or neither is set']);
  const sasl = loginOf(config);
  return {
    brokers: config.KAFKA_BROKERS,
    ssl:
      tls && (ca !== undefined || cert !== undefined)
        ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
        : tls,
    ...(sasl && { sasl }),
  };
}

function loginOf(config: KafkaSettings): KafkaLogin | undefined {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password = '',
    KAFKA_OAUTH_TOKEN_URL: url,
    KAFKA_OAUTH_SCOPE: scope,
  } = config;
  if (mechanism === undefined) return undefined;
  if (mechanism !== 'oauthbearer') return { mechanism, username, password };
  if (url === undefined)
    throw new ConfigError(['KAFKA_OAUTH_TOKEN_URL: is required by KAFKA_SASL_MECHANISM=oauthbearer']);
  return { mechanism, token: oauthTokens({ url, clientId: username, clientSecret: password, scope }) };
}

function openLogs(
  publishers: Readonly<Record<string, string>>,
  token: string | undefined,
  lifecycle: Lifecycle,
): Map<string, RestorableLog> {
  return new Map(
    Object.entries(publishers).map(([topic, address]) => {
      const client = dial(EventLogServiceClient, address, token);
      lifecycle.add(`event log of ${topic}`, async () => client.close());
      return [topic, remoteLog(client, topic)];
    }),
  );
}

type Admin = ReturnType<ReturnType<KafkaClients>['admin']>;

/** Asks one question at a time, however many want to know. */
function brokerProbe(admin: Admin, lifecycle: Lifecycle): () => Promise<boolean> {
  lifecycle.add('broker probe', () => admin.disconnect());
  let asking: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length > 0;
    } catch {
      return false;
    } finally {
      asking = undefined;
    }
  };
  return () => within(ANSWER_WITHIN_MS, (asking ??= ask())).catch(() => false);
}
