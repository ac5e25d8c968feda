import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_WITHIN_MS = 120_000;
const entry = join(import.meta.dirname, '..', '..', 'services', 'standalone', 'dist', 'main.js');

/** The whole platform in one process on free ports, with a state of its own. */
export async function startPlatform(settings = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'usv-browser-'));
  const child = spawn(process.execPath, ['--enable-source-maps', entry], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: '0',
      OPS_PORT: '0',
      ADMIN_PORT: '0',
      SIGNUP_CREDIT_USD: '25',
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const file = join(dataDir, 'credentials.json');
  const deadline = Date.now() + START_WITHIN_MS;
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`the platform ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('the platform has not started');
    await delay(200);
  }
  const { api_url: api, admin_url: admin, admin_token: token } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    api,
    admin,
    token,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
