import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres, type TestPostgres } from '@usvideo/testing';
import { type Database, openDatabase } from './database';

describe('the password of a database that is changed while the service runs', () => {
  let server: TestPostgres;
  let folder: string;
  let owner: Database;
  let database: Database;
  let urlFile: string;
  let url: URL;

  beforeAll(async () => {
    server = await postgres();
    folder = await mkdtemp(join(tmpdir(), 'usvideo-password-'));
    urlFile = join(folder, 'url');
    url = new URL(await server.createDatabase('rotated'));
    owner = openDatabase({ url: url.toString(), poolSize: 1, applicationName: 'test' }, () => undefined);
    await owner.query(`create role ${role()} login password 'first'`);
  });
  afterAll(async () => {
    await owner.end();
    await server.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => database.end());

  const role = () => `${url.pathname.slice(1)}_role`;
  const withPassword = (password: string) => {
    const own = new URL(url);
    [own.username, own.password] = [role(), password];
    return own.toString();
  };
  const write = (password: string) => writeFile(urlFile, `${withPassword(password)}\n`);
  const open = (password: string) => {
    database = openDatabase(
      { url: withPassword(password), urlFile, poolSize: 4, applicationName: 'test' },
      () => undefined,
    );
  };
  const answers = (connections: number) =>
    Promise.all(Array.from({ length: connections }, () => database.query('select pg_sleep(0.2)')));

  test('is taken from the file by the next connection, and open ones go on', async () => {
    await write('first');
    open('first');
    await answers(1);
    await owner.query(`alter role ${role()} password 'new: second/@'`);
    await answers(1);
    await write('new: second/@');
    await answers(4);
    expect(database.totalCount).toBe(4);
  });

  test('is that of the URL while there is no file', async () => {
    await rm(urlFile, { force: true });
    await owner.query(`alter role ${role()} password 'third'`);
    open('third');
    await answers(1);
  });

  test('is refused by name where the file holds no URL', async () => {
    await writeFile(urlFile, 'nonsense');
    open('third');
    await expect(database.query('select 1')).rejects.toThrow('DATABASE_URL_FILE: the file cannot be read as a URL');
  });
});
