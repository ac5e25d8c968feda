import { randomBytes } from 'node:crypto';
import {
  GenericContainer,
  type ContainerRuntimeClient,
  getContainerRuntimeClient,
  ImageName,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
// Jest loads its global setup without its own module map, so these imports have to be paths.
import { asImageVariables, ONE_NODE } from '../../../servers/src/index';
import { freePort } from '../peers/http-receiver';
import { IMAGES } from './container-images';

const PULL_MS = 300_000;
const START_MS = 120_000;
const CHECK = { interval: 500, timeout: 20_000, retries: 200, startPeriod: 0 };

/** The Docker engine of this machine; undefined, having said why, where none answers or it cannot have the images. */
export async function dockerWithImages(report: (line: string) => void): Promise<ContainerRuntimeClient | undefined> {
  const client = await getContainerRuntimeClient().catch(() => undefined);
  if (client === undefined) return undefined;
  try {
    await Promise.all(Object.values(IMAGES).map((image) => have(client, image, report)));
    return client;
  } catch (error) {
    report(`Docker answers, but ${(error as Error).message}`);
    return undefined;
  }
}

async function have(client: ContainerRuntimeClient, image: string, report: (line: string) => void): Promise<void> {
  const name = ImageName.fromString(image);
  if (await client.image.exists(name)) return;
  report(`Pulling ${image} (once)`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${PULL_MS / 1_000} s`)), PULL_MS);
  });
  try {
    await Promise.race([client.image.pull(name), late]);
  } catch (error) {
    throw new Error(`${image} cannot be pulled (${(error as Error).message})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** In memory and without a thought of the power going, as befits a database that goes away with the run. */
export async function startPostgresContainer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const password = randomBytes(16).toString('hex');
  const container = await new GenericContainer(IMAGES.postgres)
    .withEnvironment({
      POSTGRES_PASSWORD: password,
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8',
    })
    .withCommand([
      'postgres',
      ...['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=200'].flatMap((setting) => [
        '-c',
        setting,
      ]),
    ])
    .withTmpFs({ '/var/lib/postgresql': 'rw' })
    .withSharedMemorySize(256 * 1024 * 1024)
    .withExposedPorts(5432)
    .withHealthCheck({ test: ['CMD', 'pg_isready', '--host=127.0.0.1', '--username=postgres'], ...CHECK })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(START_MS)
    .start();
  return {
    url: `postgresql://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    stop: () => end(container),
  };
}

/** @param host where this machine finds what a container exposes: the broker has to name itself so */
export async function startKafkaContainer(
  host: string,
): Promise<{ readonly brokers: readonly string[]; stop(): Promise<void> }> {
  const port = await freePort();
  const container = await new GenericContainer(IMAGES.kafka)
    .withEnvironment(
      asImageVariables({
        'node.id': '1',
        'process.roles': 'broker,controller',
        'controller.quorum.voters': '1@localhost:9093',
        'controller.listener.names': 'CONTROLLER',
        // One listener for those outside, one for the check inside.
        listeners: 'PLAINTEXT://:9092,INSIDE://localhost:9094,CONTROLLER://localhost:9093',
        'advertised.listeners': `PLAINTEXT://${host}:${port},INSIDE://localhost:9094`,
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
        'inter.broker.listener.name': 'INSIDE',
        ...ONE_NODE,
      }),
    )
    .withExposedPorts({ container: 9092, host: port })
    .withHealthCheck({
      test: ['CMD-SHELL', '/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server localhost:9094 > /dev/null'],
      ...CHECK,
    })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(START_MS)
    .start();
  return { brokers: [`${host}:${port}`], stop: () => end(container) };
}

async function end(container: StartedTestContainer): Promise<void> {
  await container.stop({ remove: true, removeVolumes: true, timeout: 0 });
}
