import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { readGatewayConfig } from '../config';
import { type RunningGateway, startGateway } from '../gateway.module';
import { FakePeers } from './fake-peers.fixture';

export const LINK_SECRET = 'link-secret';
export const ADMIN_TOKEN = 'admin-token-of-the-test';

export interface TestGateway {
  readonly peers: FakePeers;
  readonly gateway: RunningGateway;
  readonly dataDir: string;
  readonly url: string;
  readonly adminUrl: string;
  /** Starts the peers that were stopped, and waits until the gateway reaches them: it tries again 2 s apart at most. */
  peersBack(): Promise<void>;
  stop(): Promise<void>;
}

/** A gateway on free ports in front of peers that the test plays. */
export async function startTestGateway(settings: Record<string, string> = {}): Promise<TestGateway> {
  const peers = new FakePeers();
  await peers.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'gateway-'));
  const gateway = await startGateway({
    logger: createLogger('gateway', 'silent'),
    config: readGatewayConfig({
      PORT: '0',
      ADMIN_PORT: '0',
      HOST: '127.0.0.1',
      ADMIN_TOKEN,
      LINK_SECRET,
      DATA_DIR: dataDir,
      ACCOUNTS_GRPC_URL: peers.address,
      LEDGER_GRPC_URL: peers.address,
      SCHEDULER_GRPC_URL: peers.address,
      WEBHOOKS_GRPC_URL: peers.address,
      PUBLIC_URL: 'https://api.example.com/',
      SUPPORT_URL: 'https://support.example.com',
      REGISTRATION: 'open',
      ...settings,
    }),
  });
  return {
    peers,
    gateway,
    dataDir,
    url: `http://127.0.0.1:${gateway.port}`,
    adminUrl: `http://127.0.0.1:${gateway.adminPort}`,
    peersBack: async () => {
      await peers.start();
      await eventually(async () => Object.values((await gateway.ready()).uses!).every(Boolean), {
        what: 'the gateway to reach its peers',
      });
    },
    stop: async () => {
      await gateway.stop();
      await peers.remove();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
