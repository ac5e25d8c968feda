import { artifactStoreSettings, checkArtifactStore } from '@usvideo/artifacts';
import { ConfigError, list, processSettings, readConfig, secret, serviceToken } from '@usvideo/runtime';
import { z } from 'zod';
import { C2PA_ALGORITHMS } from './conform/provenance';
import { DIALECT_NAMES } from './openai-videos/dialect';
import { CLOUDS } from './attempt/interruption.loop';

const ENGINE_NAMES = ['procedural', 'sandbox', 'openai-videos'] as const;

const engines = list()
  .prefault('procedural,sandbox')
  .pipe(z.array(z.enum(ENGINE_NAMES)).nonempty());
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

const sizes = list().transform((texts, context) =>
  texts.map((text) => {
    const [, width, height] = /^([1-9]\d{1,4})x([1-9]\d{1,4})$/.exec(text) ?? [];
    if (width === undefined) context.addIssue({ code: 'custom', message: 'is a list of sizes such as 832x480' });
    return { width: Number(width), height: Number(height) };
  }),
);

const parameters = z
  .string()
  .default('{}')
  .transform((text, context): Readonly<Record<string, string | number>> => {
    try {
      return z.record(z.string(), z.union([z.string(), z.number()])).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON object of strings and numbers' });
      return z.NEVER;
    }
  });

/** Of a worker that signs what it renders. */
const provenanceSettings = {
  C2PA_CERTIFICATE_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The operator's certificate for C2PA, a PEM file with its chain: every video is signed with a manifest that says that it is AI-generated. Needs `provenance/install.sh`, which an image built with `WITH_C2PA=true` has run. Unset: videos say it in their metadata only.",
    ),
  C2PA_KEY_FILE: z.string().min(1).optional().describe('The key of that certificate, a PEM file in PKCS#8.'),
  C2PA_ALGORITHM: z.enum(C2PA_ALGORITHMS).default('es256').describe('The algorithm of that key.'),
  C2PA_TIMESTAMP_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The authority (RFC 3161) whose time signatures carry, so that they outlive the certificate.'),
  C2PA_PYTHON: z.string().min(1).default('python3').describe('The Python that runs the C2PA library.'),
};

/** Of a worker that asks before and after it renders. */
const moderationSettings = {
  MODERATION_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "An endpoint of OpenAI's moderation protocol, such as `https://…/v1/moderations`, that is asked of every prompt and first frame before it is rendered, and of pictures of every video before it is sold. What it flags fails as `content_rejected`, which is not charged. Unset: nobody is asked.",
    ),
  MODERATION_TOKEN: secret().optional().describe('The bearer token that it wants.'),
  MODERATION_MODEL: z.string().min(1).optional().describe('The model that it is asked for.'),
  MODERATION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('How long an answer may take.'),
  MODERATION_WHEN_AWAY: z
    .enum(['wait', 'allow'])
    .default('wait')
    .describe(
      'While it does not answer: `wait` renders and sells nothing until it does, for as long as a render may take; `allow` goes on without it.',
    ),
};

/** Of the one engine process that a worker with `openai-videos` drives. */
const videosEngineSettings = {
  ENGINE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'The engine that `openai-videos` drives: one process, addressed directly, because its jobs live in its memory.',
    ),
  ENGINE_DIALECT: z
    .enum(DIALECT_NAMES)
    .default('diffusers')
    .describe(
      `How that engine speaks OpenAI's Videos protocol: ${DIALECT_NAMES.map((name) => `\`${name}\``).join(', ')}.`,
    ),
  ENGINE_API_KEY: secret().optional().describe('The bearer token that it wants.'),
  ENGINE_MODEL: z.string().min(1).optional().describe('What it calls its model. Unset: it is not asked by name.'),
  ENGINE_JOB_CLASSES: list()
    .prefault('video')
    .pipe(z.array(z.string()).nonempty())
    .describe('The classes of job that it renders, as the models of the scheduler name them (`job_class`).'),
  ENGINE_REMOTE: flag.describe(
    "Whether it is hosted by others and paid by the second of video: it gets what the models allow (`engines`) and the day's budget pays for, and jobs that it has beside ours are left alone.",
  ),
  ENGINE_MODES: list()
    .prefault('text_to_video,image_to_video')
    .pipe(z.array(z.enum(['text_to_video', 'image_to_video'])).nonempty())
    .describe('What it renders, as its worker tells operators.'),
  ENGINE_RESOLUTIONS: list()
    .prefault('480p,720p,1080p')
    .pipe(z.array(z.enum(['480p', '720p', '1080p'])).nonempty())
    .describe('The resolutions that it renders, likewise.'),
  ENGINE_SLOTS: z.coerce.number().int().min(1).max(64).default(1).describe('How many jobs it is given at once.'),
  ENGINE_SIDE_MULTIPLE: z.coerce
    .number()
    .int()
    .min(2)
    .max(256)
    .default(16)
    .describe('Sides of its pictures are multiples of this.'),
  ENGINE_FRAME_STEP: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('Its frames are one more than a multiple of this.'),
  ENGINE_FPS: z.coerce
    .number()
    .int()
    .min(1)
    .max(120)
    .default(24)
    .describe('The frames a second that its model was trained on; what it gives is brought to 24.'),
  ENGINE_SIZES: sizes.describe(
    'The sizes that its model was trained on, such as `832x480,1280x720`; the smallest that contains the order is rendered. Unset: any on its grid.',
  ),
  ENGINE_PARAMETERS: parameters.describe('Sent with every request, as a JSON object: steps, guidance and the like.'),
};

export const renderFleetSchema = z.object({
  SCHEDULER_GRPC_URL: z.string().min(1).describe('The scheduler that gives out leases.'),
  ENGINES: engines.describe(
    'Which engines this process runs, one worker each: `procedural`, `sandbox`, `openai-videos`.',
  ),
  ALLOW_PROCEDURAL_LIVE: flag.describe(
    'Whether live jobs, which are paid for, may be rendered by the procedural test engine.',
  ),
  DATA_DIR: z.string().min(1).default('.data').describe('Holds the artifact store `disk`, which the gateway shares.'),
  ...artifactStoreSettings,
  SCRATCH_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Where attempts work; emptied at start, so one process only. Unset: `scratch` under `DATA_DIR`.'),
  ARTIFACT_RETENTION_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .default(168)
    .describe('How long videos, thumbnails and uploaded frames are kept.'),
  OUTBOUND_ALLOW_CIDRS: list().describe('Private ranges from which first frames may be fetched, over plain http too.'),
  OUTBOUND_FORBIDDEN_PORTS: list()
    .transform((ports) => ports.map(Number))
    .describe(
      "Ports that are never reached in those ranges, separated by commas: the platform's own, where it shares a machine with its customer.",
    ),
  OUTBOUND_PROXY: z.string().min(1).optional().describe('Egress proxy through which first frames are fetched.'),
  FFMPEG_PATH: z
    .string()
    .min(1)
    .optional()
    .describe('The ffmpeg to use. Unset: the one that came with the install, else the one on PATH.'),
  DRAIN_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(930_000)
    .describe(
      'How long a stopping worker may finish what it renders before it hands it back: the longest render and its upload, and less than whoever stops the process grants it.',
    ),
  SPOT_NOTICE: z
    .enum(['off', ...CLOUDS])
    .default('off')
    .describe(
      'Whose notice hands back at once what a worker renders: the cloud that may take its machine back. Workers then have to reach its metadata server.',
    ),
  SPOT_METADATA_URL: z.url().optional().describe("Where that server is. Unset: at the cloud's own address."),
  NODE_NAME: z
    .string()
    .max(253)
    .default('')
    .describe('The machine that the worker runs on, by which operators cordon and drain it.'),
  SANDBOX_SLOTS: z.coerce.number().int().min(1).max(1_000).default(50).describe('How many test jobs run at once.'),
  PROCEDURAL_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('How many pictures the procedural engine draws at once. Unset: one for two cores.'),
  GPU_HOUR_USD: z.coerce
    .number()
    .min(0)
    .default(2)
    .describe('What an hour of one slot costs, busy or not; for the cost per video on the dashboards.'),
  ...provenanceSettings,
  ...moderationSettings,
  ...videosEngineSettings,
  SERVICE_TOKEN: serviceToken(),
});

export type RenderFleetConfig = z.output<typeof renderFleetSchema>;

export function readRenderFleetConfig(env: Readonly<Record<string, string | undefined>>): RenderFleetConfig {
  return checked(readConfig(renderFleetSchema, env));
}

function checked<Config extends RenderFleetConfig>(config: Config): Config {
  if (config.ENGINES.includes('openai-videos') && config.ENGINE_URL === undefined)
    throw new ConfigError(['ENGINE_URL: is required by the engine openai-videos']);
  if (config.ENGINE_REMOTE && config.ENGINE_API_KEY === undefined)
    throw new ConfigError(['ENGINE_API_KEY: is required where ENGINE_REMOTE is true']);
  if ((config.C2PA_CERTIFICATE_FILE === undefined) !== (config.C2PA_KEY_FILE === undefined))
    throw new ConfigError(['C2PA_KEY_FILE: is set together with C2PA_CERTIFICATE_FILE']);
  return checkArtifactStore(config);
}

/** What the service reads when it is a process of its own. */
export const renderFleetProcessSchema = renderFleetSchema.extend(processSettings);

export function readRenderFleetProcessConfig(): z.output<typeof renderFleetProcessSchema> {
  return checked(readConfig(renderFleetProcessSchema, process.env));
}
