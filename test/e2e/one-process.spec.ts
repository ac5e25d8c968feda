import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anyInput } from './any-input';
import { STRIPE } from './billing';
import { storeAway } from './outage';
import { Platform } from './platform';
import { ownAccount, START_TIMEOUT_MS } from './stage';
import { strangers } from './strangers';
import { endToEnd } from './suite';

const reconcile = join(__dirname, '..', '..', 'services/standalone/dist/reconcile.js');

describe('in one process', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({ ...STRIPE });
  }, START_TIMEOUT_MS);
  afterAll(() => platform?.dispose(), START_TIMEOUT_MS);

  endToEnd(() => platform, { races: 20, progressValuesMin: 10 });
  strangers(() => platform);
  storeAway(() => platform);
  // Behind the others: it spends what one address may get wrong.
  anyInput(ownAccount(() => platform));

  it('leaves money and jobs that agree, once it has stopped', async () => {
    await platform.stop();
    const { stdout } = await promisify(execFile)(process.execPath, [reconcile], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: platform.dataDir },
    });
    expect(stdout).toMatch(/^[1-9]\d* jobs and [1-9]\d* holds\nno difference\n$/);
  }, 60_000);
});
