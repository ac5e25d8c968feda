import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, constants, copyFile, mkdir, open, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { steadyMsOf } from '@usvideo/runtime';
import {
  ArtifactMissing,
  ArtifactStoreAway,
  type ArtifactStore,
  assertArtifactKey,
  type ByteRange,
} from './artifact-store';

/** Hidden, so that no key can name it; on the same file system as the root, so that a rename is atomic. */
const INCOMING = '.incoming';
/** The directory may be swept away between its making and the rename into it. */
const RENAME_TRIES = 3;

/** Customers' files are not for the other users of the machine. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** One node's folder. A crash leaves either the whole artifact or none, and at most a temporary file that `sweep` removes. */
export class DiskArtifactStore implements ArtifactStore {
  constructor(private readonly rootDir: string) {}

  async put(key: string, source: string | Buffer): Promise<void> {
    assertArtifactKey(key);
    const incoming = join(this.rootDir, INCOMING, randomUUID());
    try {
      await mkdir(dirname(incoming), { recursive: true, mode: FOLDER_MODE });
      if (typeof source === 'string') await copyFile(source, incoming, constants.COPYFILE_FICLONE);
      else await writeFile(incoming, source, { mode: FILE_MODE });
      if (typeof source === 'string') await chmod(incoming, FILE_MODE);
      await flush(incoming);
      await this.publish(incoming, this.pathOf(key));
    } catch (error) {
      await rm(incoming, { force: true }).catch(away);
      throw away(error);
    }
  }

  async stat(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    assertArtifactKey(key);
    const found = await stat(this.pathOf(key)).catch(absent);
    return found?.isFile() ? { sizeBytes: found.size } : undefined;
  }

  read(key: string, range?: ByteRange): Readable {
    assertArtifactKey(key);
    return Readable.from(bytesOf(this.pathOf(key), range), { objectMode: false });
  }

  async delete(key: string): Promise<void> {
    assertArtifactKey(key);
    await rm(this.pathOf(key), { force: true });
  }

  async sweep(olderThanMs: number): Promise<number> {
    let deleted = 0;
    const folders: string[] = [];
    const entries = await readdir(this.rootDir, { recursive: true, withFileTypes: true }).catch(absent);
    for (const entry of entries ?? []) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== INCOMING) folders.push(path);
        continue;
      }
      const found = await stat(path).catch(absent);
      if (!found || performance.now() - steadyMsOf(found.mtime) <= olderThanMs) continue;
      await rm(path, { force: true });
      if (!relative(this.rootDir, path).startsWith(INCOMING)) deleted++;
    }
    // Deepest first, so that a parent emptied by its children goes too.
    for (const folder of folders.sort((a, b) => b.length - a.length)) await rmdir(folder).catch(occupied);
    return deleted;
  }

  async sizeOf(folder: string): Promise<number> {
    assertArtifactKey(folder);
    const names = await readdir(this.pathOf(folder)).catch(absent);
    const found = await Promise.all((names ?? []).map((name) => stat(join(this.pathOf(folder), name)).catch(absent)));
    return found.reduce((sum, file) => sum + (file?.isFile() ? file.size : 0), 0);
  }

  async linkTo(key: string): Promise<undefined> {
    assertArtifactKey(key);
  }

  private pathOf(key: string): string {
    return join(this.rootDir, key);
  }

  private async publish(incoming: string, path: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
      try {
        await rename(incoming, path);
        // Without it the new name itself may be lost with the power.
        return await flush(dirname(path));
      } catch (error) {
        if (!isAbsence(error) || attempt === RENAME_TRIES) throw error;
      }
    }
  }
}

async function* bytesOf(path: string, range?: ByteRange): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, range);
  } catch (error) {
    throw isAbsence(error) ? new ArtifactMissing('there is no such artifact') : away(error);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A disk that is full, broken or not mounted, as the store's users know it. */
function away(cause: unknown): ArtifactStoreAway {
  return new ArtifactStoreAway('the artifact store cannot be used', { cause });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

function isAbsence(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function absent(error: unknown): undefined {
  if (!isAbsence(error)) throw away(error);
  return undefined;
}

/** A folder that is not empty, or went already, is not the sweeper's business. */
function occupied(error: unknown): void {
  if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
}
