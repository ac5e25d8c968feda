import pg from 'pg';
import { freePort, postgres } from '@usvideo/testing';
import { Platform } from '../e2e/platform';

const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const;
type DatabaseName = (typeof DATABASES)[number];

/** The built product on databases that the test may look into, to count what its telemetry claims and to cause what it should notice. */
export class ObservedPlatform {
  private constructor(
    readonly platform: Platform, readonly urls: Readonly<Record<DatabaseName, string>>, private readonly pools: Readonly<Record<DatabaseName, pg.Pool>>, private readonly operationsPort: number,
  ) {}

  /** Where Prometheus scrapes. */
  get operationsAddress(): string {
    return `127.0.0.1:${this.operationsPort}`;
  }

  static async start(environment: Record<string, string> = {}): Promise<ObservedPlatform> {
    const server = await postgres();
    const urls = await Promise.all(DATABASES.map(async (name) => [name, await server.createDatabase(name)] as const));
    const settings = Object.fromEntries(urls.map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, url]));
    const pools = Object.fromEntries(urls.map(([name, url]) => [name, new pg.Pool({ connectionString: url, max: 2 })])) as Record<DatabaseName, pg.Pool>;
    const operationsPort = await freePort();
    const platform = await Platform.start({ ...settings, OPS_PORT: String(operationsPort), ...environment });
    return new ObservedPlatform(platform, Object.fromEntries(urls) as Record<DatabaseName, string>, pools, operationsPort);
  }

  async query<Row extends pg.QueryResultRow>(database: DatabaseName, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pools[database].query<Row>(text, [...values])).rows;
  }

  /** A connection that a fault may hold for a while. */
  connect(database: DatabaseName): Promise<pg.PoolClient> {
    return this.pools[database].connect();
  }

  async dispose(): Promise<void> {
    await this.platform.dispose();
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
  }
}
