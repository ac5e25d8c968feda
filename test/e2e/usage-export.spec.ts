import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Platform } from './platform';
import { ownAccount, SIGNUP_CREDIT, START_TIMEOUT_MS } from './stage';
import { exportOfAMillion } from './usage-export';

describe('in one process', () => {
  let platform: Platform;
  let ledger: pg.Client;

  beforeAll(async () => {
    // Whatever keeps the rows for the slow reader ends the process.
    platform = await Platform.start({ ...SIGNUP_CREDIT, NODE_OPTIONS: '--max-old-space-size=256' });
    const folder = join(platform.dataDir, 'postgres');
    const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
    const password = readFileSync(join(folder, 'owner_password'), 'utf8').trim();
    ledger = new pg.Client({ connectionString: `postgresql://postgres:${password}@127.0.0.1:${port}/ledger` });
    await ledger.connect();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await ledger?.end();
    await platform?.dispose();
  }, START_TIMEOUT_MS);

  const askLedger = async (statement: string) => String(Object.values((await ledger.query<Record<string, unknown>>(statement)).rows[0] ?? {})[0] ?? '');
  const memoryMib = async () => [Number(execFileSync('ps', ['-o', 'rss=', '-p', String(platform.pid)], { encoding: 'utf8' })) / 1_024];

  exportOfAMillion(ownAccount(() => platform), () => ({ askLedger, memoryMib }));
});
