import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger } from '@usvideo/runtime';
import { destination } from 'pino';

export interface LogFile {
  readonly file: string;
  of(service: string): Logger;
}

/** A log of several services, where a person at a terminal reads something else. */
export function logToFile(folder: string, name: string, level: string): LogFile {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  // Open from the beginning: a start that fails exits before a file could be opened later.
  const stream = destination(openSync(file, 'a'));
  return { file, of: (service) => createLogger(service, level, stream) };
}
