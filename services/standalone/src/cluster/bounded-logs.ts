import { chmodSync, copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const FILE_BYTES_MAX = 32 * 1024 * 1024;
const LOOK_MS = 5_000;

/**
 * Keeps the logs in a folder from filling the disk: what is full becomes `<name>.log.1`, in place of an older one. Their writers keep
 * them open, so a file is copied and emptied; lines written between the two are lost.
 * @returns what ends it
 */
export function boundLogs(folder: string, onError: (error: unknown) => void, bytesMax = FILE_BYTES_MAX): () => void {
  const look = () => {
    try {
      for (const name of readdirSync(folder)) if (name.endsWith('.log')) bound(join(folder, name), bytesMax);
    } catch (error) {
      onError(error);
    }
  };
  look();
  const looking = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(looking);
}

function bound(file: string, bytesMax: number): void {
  const { size, mode } = statSync(file);
  if (size <= bytesMax) return;
  copyFileSync(file, `${file}.1`);
  chmodSync(`${file}.1`, mode);
  truncateSync(file);
}
