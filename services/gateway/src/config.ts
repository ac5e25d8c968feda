import { artifactStoreSettings, checkArtifactStore } from '@usvideo/artifacts';
import { list, parseUsd, processSettings, readConfig, secret, serviceToken } from '@usvideo/runtime';
import { z } from 'zod';
import { parseRange } from './access/client-address';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

function toMicros(text: string, context: z.core.$RefinementCtx): bigint {
  const micros = parseUsd(text);
  if (micros !== undefined && micros >= 0n) return micros;
  context.addIssue('must be an amount of dollars such as 5 or 2.50');
  return z.NEVER;
}

const addressRanges = list().transform((parts, context) =>
  parts.flatMap((part) => {
    const range = parseRange(part);
    if (!range) context.addIssue('must be addresses or CIDR ranges, separated by commas');
    return range ? [range] : [];
  }),
);

export const gatewaySchema = z.object({
  PORT: port(8080).describe('Port of the public API; 0 takes a free one.'),
  HOST: z.string().default('0.0.0.0').describe('Address the public API listens on.'),
  ADMIN_PORT: port(8082).describe('Port of `/admin/v1`; keep it off the internet.'),
  ADMIN_HOST: z.string().default('127.0.0.1').describe('Address the admin port listens on.'),
  ADMIN_TOKEN: secret()
    .min(16)
    .describe('Bearer token of the installation on the admin port, with which the first operator is made.'),
  ADMIN_TOKEN_ONLY_MAKES_OPERATORS: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe(
      'Whether `ADMIN_TOKEN` only makes and revokes operators, so that whatever else is done has a person as its author.',
    ),
  DUAL_CONTROL_USD: z
    .string()
    .transform(toMicros)
    .optional()
    .describe(
      'Credits, adjustments and confirmed manual top-ups above so many dollars take a second operator. Unset: one is enough.',
    ),
  ACCOUNTS_GRPC_URL: z.string().describe('Where the accounts service listens.'),
  LEDGER_GRPC_URL: z.string().describe('Where the ledger listens.'),
  SCHEDULER_GRPC_URL: z.string().describe('Where the scheduler listens.'),
  WEBHOOKS_GRPC_URL: z.string().describe('Where the webhooks service listens.'),
  SERVICE_TOKEN: serviceToken(),
  DATA_DIR: z.string().describe('Folder of the artifact store `disk`.'),
  ...artifactStoreSettings,
  DASHBOARD_DIR: z
    .string()
    .optional()
    .describe('Folder of the built web pages (services/dashboard/dist); without it none are served.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .describe('How customers reach the API: `Location` headers and the reference.'),
  LINK_SECRET: secret().describe('Key of the signature on video links and stream tokens; the scheduler has the same.'),
  TRUSTED_PROXIES: addressRanges.describe(
    'Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges, comma-separated.',
  ),
  OUTBOUND_ALLOW_CIDRS: list().describe('Private ranges that webhooks and first frames may reach, by plain http too.'),
  OUTBOUND_FORBIDDEN_PORTS: list()
    .transform((ports) => ports.map(Number))
    .describe(
      "Ports that are never reached in those ranges, separated by commas: the platform's own, where it shares a machine with its customer.",
    ),
  OUTBOUND_PROXY: z.string().optional().describe("Proxy of all requests to customers' URLs."),
  SUPPORT_URL: z
    .string()
    .default('https://github.com/us-video-api/us-video-api/issues')
    .describe('Named by 429 answers, for raised limits.'),
  REGISTRATION: z
    .enum(['open', 'invite', 'closed'])
    .default('closed')
    .describe('Who may register: anyone, invited people, nobody.'),
  SIGNUP_CREDIT_USD: z
    .string()
    .default('0')
    .transform(toMicros)
    .describe('Dollars that a new account gets once its owner has proven the address.'),
  SLOT_SECOND_USD: z
    .string()
    .transform(toMicros)
    .optional()
    .describe(
      "Dollars that a second of one render slot costs you, as 0.000694 for a slot on a GPU of $2.50 an hour: the margin of the operators' usage report. Unset: it shows none.",
    ),
  TRACE_URL_TEMPLATE: z
    .string()
    .refine((url) => /^https?:\/\/\S+$/.test(url) && url.includes('{trace_id}'), 'must be a URL with {trace_id} in it')
    .optional()
    .describe(
      'Where the trace of a job is shown, as `https://grafana.example.com/explore?trace={trace_id}`: the link on the page of a video. Unset: the page shows the id.',
    ),
  FIRST_FRAMES_MIB_PER_ACCOUNT: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_048_576)
    .default(10_240)
    .describe('Uploaded first frames of one account that are kept at one time, in MiB.'),
  FILES_KEPT_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(168)
    .default(48)
    .describe('How long a picture uploaded under `/v1/files` may be named by jobs; no longer than artifacts are kept.'),
  GATEWAY_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('Gateways that run side by side: each allows its share of the reads while the shared limiter is away.'),
});

export type GatewayConfig = z.output<typeof gatewaySchema>;

export function readGatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return checkArtifactStore(readConfig(gatewaySchema, env));
}

/** What the service reads when it is a process of its own. */
export const gatewayProcessSchema = gatewaySchema.extend(processSettings);

export function readGatewayProcessConfig(): z.output<typeof gatewayProcessSchema> {
  return checkArtifactStore(readConfig(gatewayProcessSchema, process.env));
}
