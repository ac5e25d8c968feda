import { eventually, postgres, type TestPostgres } from '@usvideo/testing';
import pg from 'pg';
import { observeDatabase } from './database-metrics';
import { createLogger } from '../log/logger';
import { buildInfo, databaseServerConnections } from '../metrics/metrics';

/** As deploy/databases.sh makes it: a service's role owns its database and may do nothing else. */
describe('a role without rights', () => {
  let server: TestPostgres;
  let others: pg.Pool;
  let own: pg.Pool;

  beforeAll(async () => {
    server = await postgres();
    const url = new URL(await server.createDatabase('observed'));
    const role = url.pathname.slice(1);
    others = new pg.Pool({ connectionString: await server.createDatabase('others'), max: 20 });
    await others.query(
      `create role ${role} login nosuperuser password 'observer'; alter database ${role} owner to ${role}`,
    );
    Object.assign(url, { username: role, password: 'observer' });
    own = new pg.Pool({ connectionString: url.toString(), max: 1 });
    await own.query('create table schema_level (level smallint not null); insert into schema_level values (3)');
  });
  afterAll(async () => {
    await own.end();
    await others.end();
    await server.stop();
  });

  it('counts the sessions of all services on the server, not just its own', async () => {
    await Promise.all(Array.from({ length: 20 }, () => others.query('select pg_sleep(0.1)')));
    const observation = observeDatabase('observed', own, createLogger('test', 'silent'));
    await eventually(
      async () =>
        ((await databaseServerConnections.get()).values.find(({ labels }) => labels.database === 'observed')?.value ??
          0) > 20,
      { what: 'the sessions of others to be counted' },
    );
    await observation.stop();
    expect((await buildInfo.get()).values).toMatchObject([
      { labels: { service: 'observed', schema_level: '3' }, value: 1 },
    ]);
  });
});
