import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@usvideo/servers';
import { selfSignedCertificate } from '@usvideo/testing';
import { type Database, openDatabase } from './database';

const START_MS = 120_000;

describe('a database that is reached over TLS', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let authority: string;
  let stranger: string;
  let database: Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usvideo-tls-'));
    const [own, other] = await Promise.all([selfSignedCertificate(), selfSignedCertificate()]);
    [authority, stranger] = [join(folder, 'authority.crt'), join(folder, 'stranger.crt')];
    await Promise.all([writeFile(authority, own.certificate), writeFile(stranger, other.certificate)]);
    const dataDir = join(folder, 'data');
    server = await startEmbeddedPostgres({ dataDir, port: 0, durable: false });
    const { uid, gid } = await stat(dataDir);
    for (const [name, text] of [
      ['server.crt', own.certificate],
      ['server.key', own.key],
    ] as const) {
      await writeFile(join(dataDir, name), text);
      await chown(join(dataDir, name), uid, gid);
      await chmod(join(dataDir, name), 0o600);
    }
    const owner = openDatabase({ url: server.url('postgres'), poolSize: 1, applicationName: 'test' }, () => undefined);
    await owner.query('alter system set ssl = on');
    await owner.query('select pg_reload_conf()');
    await owner.end();
  }, START_MS);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }, START_MS);
  afterEach(() => database.end());

  const open = (parameters: string, host = '127.0.0.1') => {
    database = openDatabase(
      {
        url: `${server.url('postgres').replace('127.0.0.1', host)}?${parameters}`,
        poolSize: 1,
        applicationName: 'test',
      },
      () => undefined,
    );
    return database.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  };

  test('is believed under sslmode=verify-full with its authority', async () => {
    expect((await open(`sslmode=verify-full&sslrootcert=${authority}`)).rows).toEqual([{ ssl: true }]);
  });

  test('is not believed with another authority', async () => {
    await expect(open(`sslmode=verify-full&sslrootcert=${stranger}`)).rejects.toThrow(/self-signed certificate/);
  });

  test('is not believed under a name that its certificate has not', async () => {
    await expect(open(`sslmode=verify-full&sslrootcert=${authority}`, 'localhost')).rejects.toThrow(
      /does not match certificate/,
    );
  });
});
