import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@usvideo/runtime';
import {
  type Cluster,
  type Part,
  readStandaloneConfig,
  REPLICAS,
  ServicePart,
  startCluster,
} from '@usvideo/standalone';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { destination } from 'pino';
import { Links } from './links.ts';
import { WebhookRecord } from './webhook-record.ts';

export const SERVICES_WITH_EVENTS = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const;
export type ServiceWithEvents = (typeof SERVICES_WITH_EVENTS)[number];

export const LEASE_MS = 5_000;
/** What a service may take to serve again after it was killed, and PostgreSQL or Kafka after they were. */
const BACK_WITHIN_MS = 90_000;
const ASK_AGAIN_FOR_MS = 60_000;
const LINKS_MAX = 200;

const SETTINGS = {
  PORT: '0',
  OPS_PORT: '0',
  ADMIN_PORT: '0',
  OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
  LEASE_MS: String(LEASE_MS),
  WEBHOOK_TIMEOUT_MS: '3000',
  WEBHOOK_LEASE_MS: '9000',
  ENGINES: 'procedural,sandbox',
};

/** A replicated cluster whose every link and process can be disturbed, and whose tables and topics can be looked at. */
export class DisturbableCluster {
  readonly cluster: Cluster;
  readonly links: Links;
  readonly webhooks: WebhookRecord;
  readonly hookUrl: string;
  /** As customers reach them. */
  readonly gateways: readonly { readonly name: string; readonly url: string }[];
  /** As operators reach it. */
  readonly adminUrl: string;
  readonly kafka: kafkajs.Kafka;
  readonly dataDir: string;
  private readonly pools: Record<ServiceWithEvents, pg.Pool>;

  private constructor(parts: Pick<DisturbableCluster, 'cluster' | 'links' | 'webhooks' | 'hookUrl' | 'dataDir'>) {
    this.cluster = parts.cluster;
    this.links = parts.links;
    this.webhooks = parts.webhooks;
    this.hookUrl = parts.hookUrl;
    this.dataDir = parts.dataDir;
    this.gateways = this.named('gateway').map((part) => ({
      name: part.name,
      url: this.links.lead('customer', part.name, part.row().address),
    }));
    this.adminUrl = this.links.lead('operator', this.gateways[0]!.name, this.cluster.credentials.admin_url);
    this.kafka = new kafkajs.Kafka({
      clientId: 'chaos',
      brokers: [...this.cluster.brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 8 },
    });
    this.pools = Object.fromEntries(
      SERVICES_WITH_EVENTS.map((name) => [name, openPool(this.cluster.databaseUrls[name])]),
    ) as Record<ServiceWithEvents, pg.Pool>;
  }

  static async open(announce: (line: string) => void): Promise<DisturbableCluster> {
    if (process.env.KAFKA_BROKERS)
      throw new Error('KAFKA_BROKERS is set: chaos stops and starts a Kafka of its own, unset it');
    const dataDir = mkdtempSync(join(tmpdir(), 'usv-chaos-'));
    const links = await Links.open(LINKS_MAX);
    const webhooks = new WebhookRecord();
    const hookUrl = links.lead('webhooks', 'customer', await webhooks.start());
    const config = readStandaloneConfig({ ...SETTINGS, DATA_DIR: dataDir });
    const output = {
      log: (service: string) => createLogger(service, 'info', destination(join(dataDir, 'cluster.log'))),
      announce,
    };
    const cluster = await startCluster(
      config,
      { counts: { ...REPLICAS, accounts: 2 }, wiring: links.wiring },
      output,
      new AbortController().signal,
    );
    return new DisturbableCluster({ cluster, links, webhooks, hookUrl, dataDir });
  }

  async close(keepData: boolean): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
    await this.cluster.stop();
    await this.webhooks.stop();
    await this.links.stop();
    if (!keepData) rmSync(this.dataDir, { recursive: true, force: true });
  }

  part(name: string): Part {
    const found = this.cluster.parts.find((part) => part.name === name);
    if (found === undefined) throw new Error(`there is no part ${name}`);
    return found;
  }

  process(name: string): ServicePart {
    const part = this.part(name);
    if (part instanceof ServicePart) return part;
    throw new Error(`${name} is not a service`);
  }

  /** All replicas of a service. */
  named(service: string): Part[] {
    return this.cluster.parts.filter((part) => part.name.replace(/-\d+$/, '') === service);
  }

  async serving(name: string): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    for (let last = ''; ; await delay(100)) {
      last = this.part(name).row().state;
      if (last.startsWith('serving')) return;
      if (Date.now() > deadline) throw new Error(`${name} does not come back: ${last}`);
    }
  }

  /** Asks a service's database; as long as PostgreSQL is away, again. */
  async sql<Row extends pg.QueryResultRow>(
    service: ServiceWithEvents,
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    for (const deadline = Date.now() + ASK_AGAIN_FOR_MS; ; await delay(100)) {
      try {
        return (await this.pools[service].query<Row>(text, values)).rows;
      } catch (error) {
        // A message from PostgreSQL about the statement itself has a code of another class than that of a shutdown (57) or a lost connection (08).
        const code = (error as { code?: string }).code ?? '';
        if (/^(?!57|08|53)[0-9A-Z]{5}$/.test(code) || Date.now() > deadline) throw error;
      }
    }
  }

  async count(service: ServiceWithEvents, text: string, values: unknown[] = []): Promise<number> {
    return Number((await this.sql<{ n: string }>(service, text, values))[0]!.n);
  }

  /** The leases under which a worker is rendering: each has a folder while it lasts. */
  rendering(worker: string): string[] {
    const folder = join(this.cluster.stateDir, 'scratch', worker);
    // A worker that starts empties it.
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async administer<T>(work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 3, application_name: 'chaos', connectionTimeoutMillis: 3_000 });
  // PostgreSQL is stopped on purpose; the next query opens a new connection.
  pool.on('error', () => undefined);
  return pool;
}
