import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Jest loads its global setup without its own module map, so this one import has to be a path.
import { KafkaBroker, type KafkaBrokerOptions } from '../../../servers/src/index';

export interface KafkaHost {
  readonly url: string;
  stop(): Promise<void>;
}

/** The broker of a test run, wherever it runs. */
export interface RunBroker {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** Starts a broker whose data goes away with it, also when the test run is interrupted or killed. */
export async function startTestBroker(options: Partial<KafkaBrokerOptions> = {}): Promise<KafkaBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'usvideo-test-kafka-'));
  return KafkaBroker.start({ ...options, dataDir, disposable: true });
}

/** Waits in the process that lives as long as the test run, and starts the run's one broker for the first file that asks. */
export async function startKafkaHost(start: () => Promise<RunBroker>): Promise<KafkaHost> {
  let broker: Promise<RunBroker> | undefined;
  const server = createServer((_, response) => {
    broker ??= start();
    broker.then(
      ({ brokers }) => response.end(JSON.stringify(brokers)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A run that ends without its teardown must not be kept waiting by this.
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close();
      await (await broker?.catch(() => undefined))?.stop();
    },
  };
}
