import { SERVER_URL } from './postgres';
import { startTestServer } from './test-server';

/** One PostgreSQL for the whole run; every test file makes its own databases on it. */
export default async function setUp(): Promise<void> {
  const server = await startTestServer();
  process.env[SERVER_URL] = server.url('postgres');
  (globalThis as { testPostgres?: unknown }).testPostgres = server;
}
