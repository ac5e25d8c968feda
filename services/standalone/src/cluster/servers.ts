import {
  KafkaBroker,
  type KafkaDoor,
  missingForKafka,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@usvideo/servers';
import { ServerPart, type ServerPartOptions } from './server-part';

type Told = Pick<ServerPartOptions, 'report' | 'changed'>;

/** PostgreSQL on the port that was chosen, with these databases. */
export function postgresPart(
  options: Told & {
    readonly dataDir: string;
    readonly logFile: string;
    readonly port: number;
    readonly databases: readonly string[];
  },
) {
  let postgres: EmbeddedPostgres | undefined;
  const part = new ServerPart({
    ...options,
    name: 'postgres',
    address: () => `127.0.0.1:${options.port}`,
    launch: async () => {
      const server = await startEmbeddedPostgres({
        dataDir: options.dataDir,
        logFile: options.logFile,
        port: options.port,
        durable: true,
      });
      for (const database of options.databases) await server.createDatabase(database);
      postgres = server;
      // The immediate shutdown of PostgreSQL: no checkpoint, and the next start recovers.
      return {
        pid: server.pid,
        exited: server.exited,
        stop: () => server.stop(),
        kill: () => {
          process.kill(server.pid, 'SIGQUIT');
        },
      };
    },
  });
  return { part, url: (database: string) => postgres!.url(database) };
}

/** @throws when this machine cannot run a broker, saying what it lacks and what would do instead. */
export function kafkaPart(
  options: Told & { readonly dataDir: string; readonly logFile: string; readonly doors: readonly KafkaDoor[] },
) {
  const missing = missingForKafka();
  if (missing !== undefined)
    throw new Error(`Kafka needs ${missing} on this machine: install it, or name a running Kafka in KAFKA_BROKERS`);
  let broker: KafkaBroker | undefined;
  const part = new ServerPart({
    ...options,
    name: 'kafka',
    address: () => broker!.brokers.join(','),
    launch: async () => {
      if (broker === undefined)
        broker = await KafkaBroker.start({
          dataDir: options.dataDir,
          logFile: options.logFile,
          doors: options.doors,
          report: options.report,
        });
      else await broker.restart();
      const server = broker;
      return {
        pid: server.pid,
        exited: server.exited,
        stop: () => server.stop(),
        kill: () => {
          process.kill(server.pid, 'SIGKILL');
        },
      };
    },
  });
  return { part, brokers: () => broker!.brokers };
}
