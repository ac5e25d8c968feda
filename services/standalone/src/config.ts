import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, readConfig, secret } from '@usvideo/runtime';
import { z } from 'zod';

export const standaloneSchema = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8080)
    .describe('Port of the public API. 0 takes any free port.'),
  OPS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8081)
    .describe('Port of `/healthz`, `/readyz` and `/metrics`.'),
  OPS_HOST: z.string().default('127.0.0.1').describe('Address the operations port listens on.'),
  ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(8082).describe("Port of the operators' API."),
  DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .describe('Where all state lives: database, videos, secrets, credentials.'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe('The address customers reach the API under. Default: the public port on 127.0.0.1.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('The least severe log line that is written.'),
  ADMIN_TOKEN: secret()
    .min(16)
    .optional()
    .describe("The bootstrap operator's token. Default: made at the first start."),
  LINK_SECRET: secret().min(16).optional().describe('Signs video links. Default: made at the first start.'),
  SECRETS_KEY: secret()
    .optional()
    .describe('32 bytes, base64; encrypts webhook secrets. Default: made at the first start.'),
  LEDGER_SIGNING_KEY: secret()
    .optional()
    .describe("32 bytes, base64; signs the ledger's daily roots, and quotes. Default: made at the first start."),
  FIRST_ACCOUNT_USD: z.coerce
    .number()
    .min(0)
    .max(1_000_000)
    .default(250)
    .describe('The balance of the account made at the first start.'),
});

export interface StandaloneConfig extends z.infer<typeof standaloneSchema> {
  /** The settings that were given and not defaulted: a taken port is then an error and not a reason to look further. */
  readonly given: ReadonlySet<string>;
  /** Handed on to the services, each of which reads its own settings from it. */
  readonly environment: Environment;
}

/**
 * Reads the environment; `defaults` stand in for what it does not set.
 * @throws ConfigError naming every faulty setting, never its value.
 */
export function readStandaloneConfig(defaults: Environment = {}): StandaloneConfig {
  const given = Object.fromEntries(
    Object.entries(process.env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const environment = { ...builtPages(), ...defaults, ...given };
  return { ...readConfig(standaloneSchema, environment), given: new Set(Object.keys(given)), environment };
}

/** The gateway serves the web pages where they are built, as they are for whoever came through the launcher. */
function builtPages(): Environment {
  const folder = join(__dirname, '..', '..', 'dashboard', 'dist');
  return existsSync(join(folder, 'index.html')) ? { DASHBOARD_DIR: folder } : {};
}
