import { kafkaSettings, type RestoreConfig, restoreSchema } from '@usvideo/messaging';
import {
  callerTokens,
  databaseUrl,
  databaseUrlFile,
  list,
  migrationSettings,
  processSettings,
  readConfig,
  secret,
  serviceToken,
} from '@usvideo/runtime';
import { z } from 'zod';
import { readRoleMap } from './operators/federated-role';

const issuerUrl = () =>
  z
    .url({ protocol: /^https?$/ })
    .refine(isSafe, 'must begin with https://, but for this machine')
    .optional();

/** Tokens in the clear are for tests on one machine. */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

export const accountsSchema = z.object({
  GRPC_LISTEN: z.string().describe('Where the service listens: `unix:<path>` or `host:port`.'),
  DATABASE_URL: databaseUrl().describe('PostgreSQL database of this service alone.'),
  DATABASE_URL_FILE: databaseUrlFile(),
  ...migrationSettings,
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(8)
    .describe('Connections to the database at most.'),
  SCHEDULER_GRPC_URL: z.string().describe('The scheduler, which hears of changed limits at once.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:8080')
    .describe('How people reach the dashboard: the links of letters.'),
  SECRETS_KEY: secret()
    .optional()
    .describe(
      '32 bytes, base64; seals second factors, and letters until they are taken over. Unset: nobody has a second factor and no letter is written.',
    ),
  MAIL_URL: secret()
    .refine((url) => /^(smtps?:\/\/|file:)/.test(url), 'must begin with smtp://, smtps:// or file:')
    .optional()
    .describe(
      'Who carries letters: `smtp://user:password@host:587`, `smtps://…`, or `file:<folder>` for trying it. Unset: no letter is written.',
    ),
  MAIL_PROXY: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('HTTP proxy through which the mail server is reached (CONNECT).'),
  MAIL_FROM: z.string().default('US Video API <no-reply@localhost>').describe('Sender of letters.'),
  OIDC_ISSUER_URL: issuerUrl().describe(
    'The identity provider (OpenID Connect) that people may sign in through, which proves addresses. Its redirect URI for us is `<PUBLIC_URL>/v1/auth/oidc/callback`. Unset: there is none.',
  ),
  OIDC_CLIENT_ID: z.string().min(1).optional().describe('How the identity provider knows this installation.'),
  OIDC_CLIENT_SECRET: secret().optional().describe('And how it knows that it is this installation.'),
  OIDC_NAME: z
    .string()
    .min(1)
    .max(60)
    .default('single sign-on')
    .describe('What the button of the sign-in page calls it.'),
  CONSOLE_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:8082')
    .describe('How operators reach the admin port: where their identity provider sends the browser back to.'),
  OPERATOR_OIDC_ISSUER_URL: issuerUrl().describe(
    'The identity provider (OpenID Connect) that operators may sign in through. Its redirect URI for us is `<CONSOLE_URL>/console/signed-in`. Unset: they have tokens only.',
  ),
  OPERATOR_OIDC_CLIENT_ID: z.string().min(1).optional().describe('How it knows the console of this installation.'),
  OPERATOR_OIDC_CLIENT_SECRET: secret().optional().describe('And how it knows that it is this installation.'),
  OPERATOR_OIDC_NAME: z
    .string()
    .min(1)
    .max(60)
    .default('single sign-on')
    .describe("What the button of the console's sign-in page calls it."),
  OPERATOR_OIDC_SCOPE: z
    .string()
    .default('openid email profile')
    .describe('What it is asked for; some providers tell groups only under a scope of their own.'),
  OPERATOR_OIDC_ROLE_CLAIM: z
    .string()
    .min(1)
    .default('groups')
    .describe('The claim that says what somebody may do: a text or a list of texts.'),
  OPERATOR_OIDC_ROLES: list()
    .transform((pairs, context) => {
      const roles = readRoleMap(pairs);
      if (roles !== undefined) return roles;
      context.addIssue('must be pairs such as platform-team=operator,helpdesk=support,finance=auditor');
      return z.NEVER;
    })
    .describe(
      'What it may say, and the role that it stands for: `platform-team=operator,helpdesk=support,finance=auditor`. Who has none of them is no operator.',
    ),
  OPERATOR_SESSION_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(168)
    .default(8)
    .describe('How long an operator who came through the identity provider stays signed in.'),
  SESSION_IDLE_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(31_536_000)
    .default(86_400)
    .describe('A session that is not used for so long ends.'),
  SESSION_LIFE_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(31_536_000)
    .default(2_592_000)
    .describe('Every session ends after so long.'),
  AUDIT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(30)
    .max(36_500)
    .default(400)
    .describe('How long entries of the audit log are kept.'),
  SERVICE_TOKEN: serviceToken(),
  CALLER_TOKENS: callerTokens(),
});

export type AccountsConfig = z.output<typeof accountsSchema>;

export function readAccountsConfig(env: Readonly<Record<string, string | undefined>>): AccountsConfig {
  return readConfig(accountsSchema, env);
}

/** What the service reads when it is a process of its own. */
export const accountsProcessSchema = accountsSchema.extend({ ...processSettings, ...kafkaSettings });

export function readAccountsProcessConfig(): z.output<typeof accountsProcessSchema> {
  return readConfig(accountsProcessSchema, process.env);
}

export function readRestoreConfig(): RestoreConfig {
  return readConfig(restoreSchema, process.env);
}

/** For commands beside the service. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
