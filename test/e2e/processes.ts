import { existsSync, readFileSync } from 'node:fs';
import { isAlive } from '@usvideo/servers';

/** Whether a process does anything still; one that has ended and was not waited for by its parent does not. */
export function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
}
