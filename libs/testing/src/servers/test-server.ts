import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Jest loads its global setup without its own module map, so this one import has to be a path.
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../servers/src/index';

/** Starts a server whose data goes away with it, also when the test run is interrupted or killed. */
export async function startTestServer(): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'usvideo-test-postgres-'));
  return startEmbeddedPostgres({ dataDir, port: 0, durable: false, disposable: true });
}
