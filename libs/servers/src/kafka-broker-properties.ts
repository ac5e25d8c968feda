import { join } from 'node:path';
import type { KafkaPassword } from '@usvideo/messaging';

/** A further listener without security, whose clients are told to call another address: one that leads to it by way of something else. */
export interface KafkaDoor {
  readonly port: number;
  /** `host:port`. */
  readonly advertised: string;
}

export interface BrokerLayout {
  readonly dataDir: string;
  readonly ports: { readonly plain: number; readonly secure: number; readonly controller: number };
  /** A PEM file with the private key (PKCS #8) and the certificate; makes the second listener speak TLS. */
  readonly tlsPemFile?: string;
  /** Asked for at the second listener. */
  readonly login?: KafkaPassword;
  readonly doors?: readonly KafkaDoor[];
}

/** What suits a broker that is alone, and clients that come and go often. */
export const ONE_NODE: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '1',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '500',
  // A broker that was killed is let in again when its last session has lapsed.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
};

/**
 * `server.properties` of a single node that is broker and controller. The voters are static: a node that is moved to other ports
 * between two starts would not find itself in a stored voter set.
 */
export function brokerProperties(layout: BrokerLayout): string {
  const { plain, secure, controller } = layout.ports;
  const isSecured = layout.tlsPemFile !== undefined || layout.login !== undefined;
  const listeners = [`PLAINTEXT://127.0.0.1:${plain}`, ...(isSecured ? [`SECURE://127.0.0.1:${secure}`] : [])];
  const doors = (layout.doors ?? []).map((door, index) => ({ ...door, name: `DOOR${index + 1}` }));
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [
      ...listeners,
      ...doors.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
      `CONTROLLER://127.0.0.1:${controller}`,
    ].join(','),
    'advertised.listeners': [...listeners, ...doors.map(({ name, advertised }) => `${name}://${advertised}`)].join(','),
    'listener.security.protocol.map': [
      `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:${protocol(layout)}`,
      ...doors.map(({ name }) => `${name}:PLAINTEXT`),
    ].join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(layout.dataDir, 'log'),
    ...ONE_NODE,
    ...tls(layout.tlsPemFile),
    ...sasl(layout.login),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function protocol({ tlsPemFile, login }: BrokerLayout): string {
  if (login === undefined) return tlsPemFile === undefined ? 'PLAINTEXT' : 'SSL';
  return tlsPemFile === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL';
}

function tls(pemFile: string | undefined): Record<string, string> {
  return pemFile === undefined
    ? {}
    : { 'listener.name.secure.ssl.keystore.type': 'PEM', 'listener.name.secure.ssl.keystore.location': pemFile };
}

/** PLAIN keeps its users here; those of SCRAM are written into the log when it is formatted. */
function sasl(login: KafkaPassword | undefined): Record<string, string> {
  if (login === undefined) return {};
  const security = 'org.apache.kafka.common.security';
  const jaas =
    login.mechanism === 'plain'
      ? `${security}.plain.PlainLoginModule required user_${login.username}="${login.password}";`
      : `${security}.scram.ScramLoginModule required;`;
  return {
    'listener.name.secure.sasl.enabled.mechanisms': login.mechanism.toUpperCase(),
    [`listener.name.secure.${login.mechanism}.sasl.jaas.config`]: jaas,
  };
}

/** The same settings as the official image takes them: `group.min.session.timeout.ms` is `KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS`. */
export function asImageVariables(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
  );
}
