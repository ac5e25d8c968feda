import { IMAGES } from './container-images';
import { dockerWithImages, startKafkaContainer, startPostgresContainer } from './containers';
import { type KafkaHost, startKafkaHost, startTestBroker } from './kafka-host';
import { startTestServer } from './test-server';

/** The servers of one test run. */
export interface RunServers {
  readonly postgresUrl: string;
  readonly kafkaHost: KafkaHost;
  /** Whether a broker can be had without Java on this machine. */
  readonly isKafkaInContainer: boolean;
  stop(): Promise<void>;
}

type Report = (line: string) => void;

/**
 * PostgreSQL and Kafka in containers where Docker answers and has their images, the servers of this machine where not. Nothing else
 * decides it, and it is said at the beginning of every run. Kafka starts when the first test asks.
 */
export async function startRunServers(report: Report): Promise<RunServers> {
  const docker = await dockerWithImages(report);
  if (docker !== undefined) {
    try {
      const postgres = await startPostgresContainer();
      report(`The tests use containers: ${IMAGES.postgres}, and ${IMAGES.kafka} from the moment a test asks.`);
      const { host } = docker.info.containerRuntime;
      return servers(postgres, await startKafkaHost(() => startKafkaContainer(host)), true);
    } catch (error) {
      report(`A container of ${IMAGES.postgres} does not start: ${(error as Error).message}`);
    }
  }
  report(
    'The tests use servers of this machine: the embedded PostgreSQL, and Kafka from its jars from the moment a test asks.',
  );
  const server = await startTestServer();
  return servers(
    { url: server.url('postgres'), stop: () => server.stop() },
    await startKafkaHost(() => startTestBroker({ report })),
    false,
  );
}

function servers(
  postgres: { readonly url: string; stop(): Promise<void> },
  kafkaHost: KafkaHost,
  isKafkaInContainer: boolean,
): RunServers {
  return {
    postgresUrl: postgres.url,
    kafkaHost,
    isKafkaInContainer,
    stop: async () => {
      await Promise.all([postgres.stop(), kafkaHost.stop()]);
    },
  };
}
