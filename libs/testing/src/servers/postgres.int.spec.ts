import pg from 'pg';
import { postgres, SERVER_URL } from './postgres';

test('a test gets a database of its own on a real PostgreSQL 18', async () => {
  const server = await postgres();
  const client = new pg.Client({ connectionString: await server.createDatabase('shop') });
  await client.connect();
  const { rows } = await client.query(
    `select current_database() as name, current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  );
  await client.end();
  expect(rows[0].name).toMatch(/^shop_/);
  expect(rows[0].version).toBeGreaterThanOrEqual(180000);
  expect(rows[0].encoding).toBe('UTF8');
});

test('without a server of the run, one is started for the process and stopped with it', async () => {
  const shared = process.env[SERVER_URL];
  delete process.env[SERVER_URL];
  try {
    const own = await postgres();
    const url = await own.createDatabase('own');
    expect(new URL(url).port).not.toBe(new URL(shared!).port);
    await own.stop();
    await expect(new pg.Client({ connectionString: url }).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  } finally {
    process.env[SERVER_URL] = shared;
  }
});
