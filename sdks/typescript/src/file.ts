import { USVideoError } from './errors.ts';
import { type DownloadOptions, pieces } from './download.ts';
import type { Transport } from './transport.ts';

export interface DownloadedFile {
  readonly path: string;
  readonly bytes: number;
}

interface FileHandle {
  write(chunk: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  stat(path: string): Promise<{ size: number }>;
  rename(from: string, to: string): Promise<void>;
}

/**
 * Writes a job's file to a path. Until it is whole it lies beside it as `<path>.<id>.part`, and what is there of an earlier try,
 * even of an earlier process, is not downloaded again: a job's file never changes.
 */
export async function downloadToFile(
  transport: Transport,
  id: string,
  path: string,
  options: DownloadOptions,
): Promise<DownloadedFile> {
  const fs = fileSystem();
  const part = `${path}.${id}.part`;
  let bytes = await fs.stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const file = await fs.open(part, 'a');
  try {
    for await (const piece of pieces(transport, id, bytes, options)) {
      await file.write(piece.chunk);
      bytes = piece.bytes;
    }
  } finally {
    await file.close();
  }
  await fs.rename(part, path);
  return { path, bytes };
}

/** Asked for at run time, so that bundlers for runtimes without files do not stumble over it. */
function fileSystem(): FileSystem {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const found = process?.getBuiltinModule?.('node:fs/promises');
  if (found === undefined)
    throw new USVideoError({
      code: 'invalid_configuration',
      message: 'This runtime has no files: read `videos.content(id)` instead.',
    });
  return found as FileSystem;
}
