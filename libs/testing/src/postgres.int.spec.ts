import pg from 'pg';
import { postgres } from './postgres';

test('a test gets a database of its own on a real PostgreSQL 18', async () => {
  const server = await postgres();
  const client = new pg.Client({ connectionString: await server.createDatabase('shop') });
  await client.connect();
  const { rows } = await client.query(`select current_database() as name, current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`);
  await client.end();
  expect(rows[0].name).toMatch(/^shop_/);
  expect(rows[0].version).toBeGreaterThanOrEqual(180000);
  expect(rows[0].encoding).toBe('UTF8');
});
