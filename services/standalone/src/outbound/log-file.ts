import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLogger, type Logger } from '@usvideo/runtime';
import { destination } from 'pino';

export interface LogFile {
  readonly file: string;
  of(service: string): Logger;
}

/** The platform's log under DATA_DIR, where a person at a terminal reads something else. */
export function logToFile(config: { readonly DATA_DIR: string; readonly LOG_LEVEL: string }): LogFile {
  const folder = resolve(config.DATA_DIR, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'platform.log');
  // Written at once: a start that fails exits before a file could be opened later.
  const stream = destination({ dest: file, sync: true });
  return { file, of: (service) => createLogger(service, config.LOG_LEVEL, stream) };
}
