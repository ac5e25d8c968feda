import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readAccountsConfig, startAccounts } from '@usvideo/accounts';
import { readGatewayConfig, startGateway } from '@usvideo/gateway';
import { readLedgerConfig, startLedger } from '@usvideo/ledger';
import { LocalTransport } from '@usvideo/messaging';
import { readRenderFleetConfig, startRenderFleet } from '@usvideo/render-fleet';
import {
  type Environment,
  type Readiness,
  type Running,
  type Service,
  Lifecycle,
  observeBuild,
  startOperationsServer,
  startTracing,
} from '@usvideo/runtime';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { readSchedulerConfig, startScheduler } from '@usvideo/scheduler';
import { readWebhooksConfig, startWebhooks } from '@usvideo/webhooks';
import type { StandaloneConfig } from './config';
import type { Output } from './state/output';
import { makeFirstAccount } from './state/first-account.client';
import { choosePorts } from './state/ports.process';
import { reachOf } from './state/outbound-reach';
import { type Credentials, StateDirectory } from './state/state.store';

export { REPLICAS } from './cluster/plan';
export { type Cluster, startCluster } from './cluster/start-cluster';
export type { Part } from './cluster/part';
export { ServicePart } from './cluster/service-part';
export { readStandaloneConfig } from './config';

const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const;
const DEFAULTS: Environment = {
  HOST: '127.0.0.1',
  ALLOW_PROCEDURAL_LIVE: 'true',
  REGISTRATION: 'open',
  WRITER_LANES: '1',
  DRAIN_TIMEOUT_MS: '7000',
};

export interface Standalone extends Running {
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly opsUrl: string;
  readonly credentials: Credentials;
  /** One per service with state, for tools that look at the tables themselves. */
  readonly databaseUrls: Readonly<Record<(typeof DATABASES)[number], string>>;
}

/**
 * The whole system in one process and one readable place: every service with its own database, and who calls whom. The
 * services talk gRPC over unix sockets and events over the local transport, exactly as they do apart (docs/decisions/0007).
 */
export async function startStandalone(config: StandaloneConfig, output: Output): Promise<Standalone> {
  const lifecycle = new Lifecycle(output.log('standalone'));
  try {
    return await compose(config, lifecycle, output);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function compose(config: StandaloneConfig, lifecycle: Lifecycle, { log, announce }: Output): Promise<Standalone> {
  const state = new StateDirectory(resolve(config.DATA_DIR));
  await state.lock({ announce });
  lifecycle.add('state lock', async () => state.unlock());
  const ports = await choosePorts(config);
  const urls = {
    api: `http://127.0.0.1:${ports.api}`,
    admin: `http://127.0.0.1:${ports.admin}`,
    ops: `http://127.0.0.1:${ports.ops}`,
  };

  announce('Starting PostgreSQL');
  const databaseUrls = await databases(config, state, lifecycle);

  announce('Starting the services');
  const sockets = socketDirectory(lifecycle);
  const listen = (service: string) => `unix:${join(sockets, `${service}.sock`)}`;
  const addresses = {
    accounts: listen('accounts'),
    ledger: listen('ledger'),
    scheduler: listen('scheduler'),
    webhooks: listen('webhooks'),
  };
  const reach = reachOf({ ...DEFAULTS, ...config.environment }, [
    ports.api,
    ports.admin,
    ports.ops,
    ...databasePorts(databaseUrls),
  ]);
  if (reach.OUTBOUND_ALLOW_CIDRS !== undefined)
    announce(
      `Webhooks and first frames may reach this machine (${reach.OUTBOUND_ALLOW_CIDRS}); OUTBOUND_ALLOW_CIDRS replaces that`,
    );
  const settings = settingsOf(config, state, { ports, addresses, reach });
  const own = (service: (typeof DATABASES)[number]): Environment => ({
    ...settings,
    DATABASE_URL: databaseUrls[service],
    GRPC_LISTEN: addresses[service],
  });
  const services = await startServices({ config, settings, own, lifecycle, log });
  const operations = await startOperationsServer({
    port: ports.ops,
    host: config.OPS_HOST,
    ready: () => readinessOf(services),
    logger: log('standalone'),
  });
  lifecycle.add('operations port', () => operations.stop());

  const credentials =
    state.credentials() ??
    (await makeFirstAccount({
      addresses,
      apiUrl: urls.api,
      adminUrl: urls.admin,
      adminToken: settings.ADMIN_TOKEN!,
      amountMicros: BigInt(Math.round(config.FIRST_ACCOUNT_USD * 1_000_000)),
    }));
  const current = { ...credentials, api_url: urls.api, admin_url: urls.admin, admin_token: settings.ADMIN_TOKEN! };
  state.saveCredentials(current);
  return {
    apiUrl: urls.api,
    adminUrl: urls.admin,
    opsUrl: urls.ops,
    credentials: current,
    databaseUrls,
    stop: () => lifecycle.stop(),
  };
}

/** What a whole platform on one machine needs, under what the environment says. */
function settingsOf(
  config: StandaloneConfig,
  state: StateDirectory,
  {
    ports,
    addresses,
    reach,
  }: {
    readonly ports: Awaited<ReturnType<typeof choosePorts>>;
    readonly addresses: Readonly<Record<(typeof DATABASES)[number], string>>;
    readonly reach: Environment;
  },
): Environment {
  const secrets = state.secrets();
  return {
    ...DEFAULTS,
    ...config.environment,
    ...reach,
    PORT: String(ports.api),
    ADMIN_PORT: String(ports.admin),
    OPS_PORT: String(ports.ops),
    PUBLIC_URL: config.PUBLIC_URL ?? `http://127.0.0.1:${ports.api}`,
    CONSOLE_URL: config.environment.CONSOLE_URL || `http://127.0.0.1:${ports.admin}`,
    DATA_DIR: state.path,
    MAIL_URL: config.environment.MAIL_URL || `file:${state.file('mail')}`,
    ADMIN_TOKEN: config.ADMIN_TOKEN ?? secrets.adminToken,
    LINK_SECRET: config.LINK_SECRET ?? secrets.linkSecret,
    SECRETS_KEY: config.SECRETS_KEY ?? secrets.secretsKey,
    LEDGER_SIGNING_KEY: config.LEDGER_SIGNING_KEY ?? secrets.ledgerSigningKey,
    ACCOUNTS_GRPC_URL: addresses.accounts,
    LEDGER_GRPC_URL: addresses.ledger,
    SCHEDULER_GRPC_URL: addresses.scheduler,
    WEBHOOKS_GRPC_URL: addresses.webhooks,
  };
}

interface Starting {
  readonly config: StandaloneConfig;
  readonly settings: Environment;
  readonly own: (service: (typeof DATABASES)[number]) => Environment;
  readonly lifecycle: Lifecycle;
  readonly log: Output['log'];
}

/** Each after those that it asks. */
async function startServices({ config, settings, own, lifecycle, log }: Starting): Promise<Service[]> {
  const services: Service[] = [];
  const keep = async (name: string, starting: Promise<Service>) => {
    const service = await starting;
    lifecycle.add(name, () => service.stop());
    services.push(service);
    if (!DATABASES.some((owner) => owner === name)) observeBuild(name);
  };
  const endpoint = config.environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const transport = new LocalTransport({ logger: log('events') });
  const tracing = await startTracing({ serviceName: 'us-video-api', ...(endpoint ? { otlpEndpoint: endpoint } : {}) });
  lifecycle.add('tracing', () => tracing.stop());
  await keep(
    'accounts',
    startAccounts({ config: readAccountsConfig(own('accounts')), transport, logger: log('accounts') }),
  );
  await keep('ledger', startLedger({ config: readLedgerConfig(own('ledger')), transport, logger: log('ledger') }));
  await keep(
    'scheduler',
    startScheduler({ config: readSchedulerConfig(own('scheduler')), transport, logger: log('scheduler') }),
  );
  await keep(
    'webhooks',
    startWebhooks({ config: readWebhooksConfig(own('webhooks')), transport, logger: log('webhooks') }),
  );
  await keep(
    'render-fleet',
    startRenderFleet({ config: readRenderFleetConfig(settings), logger: log('render-fleet') }),
  );
  await keep('gateway', startGateway({ config: readGatewayConfig(settings), logger: log('gateway') }));
  return services;
}

function databasePorts(urls: Standalone['databaseUrls']): number[] {
  return Object.values(urls).map((url) => Number(new URL(url).port) || 5432);
}

async function readinessOf(services: readonly Service[]): Promise<Readiness> {
  const parts = await Promise.all(services.map((service) => service.ready()));
  return {
    needs: Object.assign({}, ...parts.map(({ needs }) => needs)),
    uses: Object.assign({}, ...parts.map(({ uses }) => uses)),
  };
}

/** An own server under DATA_DIR, unless the environment names databases for all services. */
async function databases(
  config: StandaloneConfig,
  state: StateDirectory,
  lifecycle: Lifecycle,
): Promise<Standalone['databaseUrls']> {
  const outside = DATABASES.map((name) => [name, config.environment[`${name.toUpperCase()}_DATABASE_URL`]] as const);
  if (outside.every(([, url]) => url)) return Object.fromEntries(outside) as Standalone['databaseUrls'];
  const postgres = await startEmbeddedPostgres({ dataDir: state.file('postgres'), port: 0, durable: true });
  lifecycle.add('postgres', () => postgres.stop());
  for (const name of DATABASES) await postgres.createDatabase(name);
  return Object.fromEntries(DATABASES.map((name) => [name, postgres.url(name)])) as Standalone['databaseUrls'];
}

/** Short on purpose: a unix socket's path may have about a hundred characters. */
function socketDirectory(lifecycle: Lifecycle): string {
  const directory = mkdtempSync(join(tmpdir(), 'usv-'));
  lifecycle.add('sockets', async () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
