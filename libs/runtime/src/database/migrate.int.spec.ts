import { Migration } from '@mikro-orm/migrations';
import { postgres, type TestPostgres } from '@usvideo/testing';
import pg from 'pg';
import { createLogger } from '../log/logger';
import { migrateDatabase } from './migrate';
import { runMigrations } from './run-migrations';

class CreatePaint extends Migration {
  override up(): void {
    this.addSql('create table paint (colour text primary key)');
  }
}

class AddBlue extends Migration {
  override up(): void {
    this.addSql(`insert into paint values ('blue')`);
  }
}

const logger = createLogger('test', 'silent');

describe('migrateDatabase', () => {
  let server: TestPostgres;
  let url: string;

  beforeAll(async () => {
    server = await postgres();
    url = await server.createDatabase('migrate');
  });
  afterAll(() => server.stop());

  it('applies each migration once, also when replicas start together', async () => {
    const start = () => migrateDatabase({ url, migrations: [CreatePaint, AddBlue], logger });
    await Promise.all([start(), start(), start()]);
    await start();
    expect(await colours(url)).toEqual(['blue']);
  });

  it('applies only what is new', async () => {
    class AddRed extends Migration {
      override up(): void {
        this.addSql(`insert into paint values ('red')`);
      }
    }
    await migrateDatabase({ url, migrations: [CreatePaint, AddBlue, AddRed], logger });
    expect(await colours(url)).toEqual(['blue', 'red']);
  });

  it('waits until somebody else has applied them, and changes nothing itself', async () => {
    const own = await server.createDatabase('awaited');
    let isResolved = false;
    const awaited = migrateDatabase({ url: own, migrations: [CreatePaint, AddBlue], how: 'await', logger }).then(() => {
      isResolved = true;
    });
    await migrateDatabase({ url: own, migrations: [CreatePaint], logger });
    expect(isResolved).toBe(false);
    expect(await colours(own)).toEqual([]);
    await migrateDatabase({ url: own, migrations: [CreatePaint, AddBlue], logger });
    await awaited;
  });

  it('gives up in the end, and says which are missing', async () => {
    const own = await server.createDatabase('unmigrated');
    await expect(
      migrateDatabase({ url: own, migrations: [CreatePaint, AddBlue], how: 'await', withinMs: 0, logger }),
    ).rejects.toThrow(/CreatePaint, AddBlue of this version/);
  });

  it('has a command that says what it did by its exit code', async () => {
    const own = await server.createDatabase('commanded');
    const run = (environment: Record<string, string>) =>
      runMigrations('paint', [CreatePaint, AddBlue], { LOG_LEVEL: 'fatal', ...environment });
    expect(await run({ DATABASE_URL: own })).toBe(0);
    expect(await colours(own)).toEqual(['blue']);
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await run({})).toBe(1);
    expect(said.mock.calls.flat().join()).toMatch(/The database of paint was not migrated.*\n.*DATABASE_URL/s);
    said.mockRestore();
  });

  it('leaves nothing of a migration that fails, and rejects', async () => {
    class Broken extends Migration {
      override up(): void {
        this.addSql(`insert into paint values ('green')`);
        this.addSql('select no_such_function()');
      }
    }
    await expect(migrateDatabase({ url, migrations: [CreatePaint, AddBlue, Broken], logger })).rejects.toThrow(
      'no_such_function',
    );
    expect(await colours(url)).not.toContain('green');
  });
});

async function colours(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ colour: string }>('select colour from paint order by colour');
  await client.end();
  return rows.map((row) => row.colour);
}
