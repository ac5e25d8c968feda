import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, postgres } from '@usvideo/testing';
import { Customer } from '../e2e/customer';
import { Cluster, Platform } from '../e2e/platform';
import type { ScrapeTarget } from './prometheus-server';

export const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const;
export type DatabaseName = (typeof DATABASES)[number];
type Urls = Readonly<Record<DatabaseName, string>>;

/** Soon enough to be seen in a test. */
const LOOKS = { DELIVERY_AUDIT_EVERY_MS: '5000' };

/** The built product on databases that the test may look into, to count what its telemetry claims and to cause what it should notice. */
export class ObservedPlatform<Way extends Platform = Platform> {
  private readonly pools: Readonly<Record<DatabaseName, pg.Pool>>;
  readonly live: Customer;
  readonly test: Customer;
  readonly admin: Customer;

  private constructor(
    readonly platform: Way,
    readonly urls: Urls,
    /** Where Prometheus scrapes. */ readonly targets: readonly ScrapeTarget[],
  ) {
    this.pools = Object.fromEntries(
      DATABASES.map((name) => [name, new pg.Pool({ connectionString: urls[name], max: 4 })]),
    ) as Record<DatabaseName, pg.Pool>;
    [this.live, this.test, this.admin] = [Customer.live(platform), Customer.test(platform), Customer.admin(platform)];
  }

  /** One process, on the databases of the test run. */
  static async start(environment: Record<string, string> = {}): Promise<ObservedPlatform> {
    const server = await postgres();
    const urls = Object.fromEntries(
      await Promise.all(DATABASES.map(async (name) => [name, await server.createDatabase(name)] as const)),
    ) as Urls;
    const settings = Object.fromEntries(DATABASES.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, urls[name]]));
    const operationsPort = await freePort();
    const platform = await Platform.start({ ...settings, ...LOOKS, OPS_PORT: String(operationsPort), ...environment });
    return new ObservedPlatform(platform, urls, [{ address: `127.0.0.1:${operationsPort}`, service: 'us-video-api' }]);
  }

  /** A process for each service, on a PostgreSQL and a Kafka of their own. */
  static async startCluster(environment: Record<string, string> = {}): Promise<ObservedPlatform<Cluster>> {
    const cluster = await Cluster.start({ ...LOOKS, ...environment });
    const password = readFileSync(join(cluster.dataDir, 'cluster', 'postgres', 'owner_password'), 'utf8').trim();
    const { address } = cluster.part('postgres');
    const urls = Object.fromEntries(
      DATABASES.map((name) => [name, `postgresql://postgres:${password}@${address}/${name}`]),
    ) as Urls;
    return new ObservedPlatform(
      cluster,
      urls,
      cluster.parts
        .filter(({ operations }) => operations !== '')
        .map(({ name, operations }) => ({ address: new URL(operations).host, service: name })),
    );
  }

  async query<Row extends pg.QueryResultRow>(
    database: DatabaseName,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pools[database].query<Row>(text, [...values])).rows;
  }

  /** The one figure that a statement answers. */
  async count(database: DatabaseName, text: string, values: readonly unknown[] = []): Promise<number> {
    return Number(Object.values((await this.query<Record<string, unknown>>(database, text, values))[0]!)[0]);
  }

  /** A connection that a fault may hold for a while. */
  connect(database: DatabaseName): Promise<pg.PoolClient> {
    return this.pools[database].connect();
  }

  async dispose(): Promise<void> {
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
    await this.platform.dispose();
  }
}
