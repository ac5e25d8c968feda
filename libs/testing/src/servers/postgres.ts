import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startTestServer } from './test-server';

/** How the server that Jest started once reaches the test files. */
export const SERVER_URL = 'USVIDEO_TEST_POSTGRES_URL';

export interface TestPostgres {
  /** Makes an empty database with this name and something unique behind it, and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Stops the server if this call started one; the databases of a shared server go away with it. */
  stop(): Promise<void>;
}

let ownServer: ReturnType<typeof startTestServer> | undefined;

/** The server of the Jest run, or one of this process's own when there is none. */
export async function postgres(): Promise<TestPostgres> {
  const shared = process.env[SERVER_URL];
  if (shared !== undefined) return { createDatabase: (name) => createDatabase(shared, name), stop: async () => {} };
  ownServer ??= startTestServer();
  const server = await ownServer;
  return {
    createDatabase: (name) => createDatabase(server.url('postgres'), name),
    stop: async () => {
      ownServer = undefined;
      await server.stop();
    },
  };
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const unique = `${name}_${randomBytes(5).toString('hex')}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(unique)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(unique)}`;
  return url.toString();
}
