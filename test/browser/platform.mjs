import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_WITHIN_MS = 120_000;
const entry = join(import.meta.dirname, '..', '..', 'services', 'standalone', 'dist', 'main.js');

/** Passkeys belong to a name, so that the address is known before the platform is. */
export async function freeUrl() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return `http://localhost:${port}`;
}

/** @param url where it is to be reached, such as `freeUrl()` */
export async function startPlatform(url, settings) {
  const dataDir = mkdtempSync(join(tmpdir(), 'usv-browser-'));
  const child = spawn(process.execPath, ['--enable-source-maps', entry], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: new URL(url).port,
      PUBLIC_URL: url,
      OPS_PORT: '0',
      ADMIN_PORT: '0',
      SIGNUP_CREDIT_USD: '25',
      LOG_LEVEL: 'warn',
      OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8,::1/128',
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
  const { admin_url: admin, admin_token: token } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    api: url,
    admin,
    token,
    dataDir,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
