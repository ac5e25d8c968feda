import { execFileSync } from 'node:child_process';
import { Platform } from './platform';
import { ownAccount, START_TIMEOUT_MS } from './stage';
import { exportOfAMillion } from './usage-export';

describe('in one process', () => {
  let platform: Platform;

  // Whatever keeps the rows for the slow reader ends the process.
  beforeAll(async () => {
    platform = await Platform.start({ NODE_OPTIONS: '--max-old-space-size=256' });
  }, START_TIMEOUT_MS);
  afterAll(() => platform?.dispose(), START_TIMEOUT_MS);

  const ask = (database: string, statement: string) => platform.ask(database, statement);
  const memoryMib = async () => [
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(platform.pid)], { encoding: 'utf8' })) / 1_024,
  ];

  exportOfAMillion(
    ownAccount(() => platform),
    () => ({ ask, memoryMib }),
  );
});
