import { KAFKA_HOST_URL } from './kafka';
import { startKafkaHost } from './kafka-host';
import { SERVER_URL } from './postgres';
import { startTestServer } from './test-server';

/** One PostgreSQL for the whole run, and one Kafka from the moment a file asks; every test file makes its own databases and topics. */
export default async function setUp(): Promise<void> {
  const server = await startTestServer();
  process.env[SERVER_URL] = server.url('postgres');
  const kafkaHost = await startKafkaHost((line) => console.log(`\n${line}`));
  process.env[KAFKA_HOST_URL] = kafkaHost.url;
  (globalThis as { testServers?: unknown }).testServers = [server, kafkaHost];
}
