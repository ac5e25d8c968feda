import { mkdir, statfs } from 'node:fs/promises';
import type { Logger } from '../log/logger';
import { diskFree, diskSize } from '../metrics/metrics';
import { startLoop, type Loop } from './loop';

const EVERY_MS = 15_000;

/** Shows how full the disk is that a folder of the platform is on. */
export function watchDiskSpace(name: string, folder: string, logger: Logger): Loop {
  return startLoop({ name: `${name}_space`, everyMs: EVERY_MS, logger, work: () => observeSpace(name, folder) });
}

async function observeSpace(name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, blocks, bsize } = await statfs(folder);
  diskFree.set({ folder: name }, bavail * bsize);
  diskSize.set({ folder: name }, blocks * bsize);
}
