import { KAFKA_HOST_URL, KAFKA_IN_CONTAINER } from './kafka';
import { SERVER_URL } from './postgres';
import { startRunServers } from './run-servers';

/** One PostgreSQL for the whole run, and one Kafka from the moment a file asks; every test file makes its own databases and topics. */
export default async function setUp(): Promise<void> {
  const servers = await startRunServers((line) => console.log(`\n${line}`));
  process.env[SERVER_URL] = servers.postgresUrl;
  process.env[KAFKA_HOST_URL] = servers.kafkaHost.url;
  if (servers.isKafkaInContainer) process.env[KAFKA_IN_CONTAINER] = 'true';
  (globalThis as { testServers?: unknown }).testServers = servers;
}
