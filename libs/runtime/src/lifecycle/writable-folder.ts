import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config';

/** @throws ConfigError that names the setting, when nothing can be written to the folder that it names */
export function requireWritableFolder(setting: string, folder: string): void {
  const probe = join(folder, `.write-probe-${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([
      `${setting}: ${folder} cannot be written by this process (${code ?? 'unknown'}): give its user the folder, or name another one`,
    ]);
  }
}
