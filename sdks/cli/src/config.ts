import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { USVideoError } from '../../typescript/src/index.ts';

export interface Credentials {
  readonly base_url: string;
  readonly api_key: string;
}

/** Where `login` keeps what it was told. */
export function credentialsFile(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'usvideo', 'credentials.json');
}

/** @throws USVideoError when the file is there and cannot be read. */
export function stored(): Credentials | undefined {
  const file = credentialsFile();
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new USVideoError({
      code: 'invalid_configuration',
      message: `${file} cannot be read: run \`usvideo login\` again.`,
      cause: error,
    });
  }
}

export function store(credentials: Credentials): void {
  const file = credentialsFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  // An older file keeps its mode when it is written.
  chmodSync(file, 0o600);
}

export function forget(): void {
  rmSync(credentialsFile(), { force: true });
}

/** An option wins over the environment, which wins over what login stored. */
export function settings(given: { readonly baseUrl: string | undefined; readonly apiKey: string | undefined }): {
  baseUrl: string | undefined;
  apiKey: string | undefined;
} {
  const baseUrl = given.baseUrl ?? (process.env.USVIDEO_BASE_URL || undefined);
  const apiKey = given.apiKey ?? (process.env.USVIDEO_API_KEY || undefined);
  if (baseUrl !== undefined && apiKey !== undefined) return { baseUrl, apiKey };
  const kept = stored();
  // A key belongs to a platform: one that was stored is sent nowhere else.
  const keptKey =
    baseUrl === undefined || baseUrl.replace(/\/+$/, '') === kept?.base_url.replace(/\/+$/, '')
      ? kept?.api_key
      : undefined;
  return { baseUrl: baseUrl ?? kept?.base_url, apiKey: apiKey ?? keptKey };
}
