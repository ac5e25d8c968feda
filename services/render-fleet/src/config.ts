import { list, processSettings, readConfig, serviceToken } from '@usvideo/runtime';
import { z } from 'zod';

const ENGINE_NAMES = ['procedural', 'sandbox'] as const;

const engines = list().prefault('procedural,sandbox').pipe(z.array(z.enum(ENGINE_NAMES)).nonempty());
const flag = z.enum(['true', 'false']).default('false').transform((text) => text === 'true');

export const renderFleetSchema = z.object({
  SCHEDULER_GRPC_URL: z.string().min(1).describe('The scheduler that gives out leases.'),
  ENGINES: engines.describe('Which engines this process runs, one worker each: `procedural`, `sandbox`.'),
  ALLOW_PROCEDURAL_LIVE: flag.describe('Whether live jobs, which are paid for, may be rendered by the procedural test engine.'),
  DATA_DIR: z.string().min(1).default('.data').describe('Holds the artifact store, which the gateway shares.'),
  SCRATCH_DIR: z.string().min(1).optional().describe('Where attempts work; emptied at start, so one process only. Unset: `scratch` under `DATA_DIR`.'),
  ARTIFACT_RETENTION_HOURS: z.coerce.number().int().min(1).default(168).describe('How long videos, thumbnails and uploaded frames are kept.'),
  OUTBOUND_ALLOW_CIDRS: list().describe('Private ranges from which first frames may be fetched, over plain http too.'),
  OUTBOUND_PROXY: z.string().min(1).optional().describe('Egress proxy through which first frames are fetched.'),
  FFMPEG_PATH: z.string().min(1).optional().describe('The ffmpeg to use. Unset: the one that came with the install, else the one on PATH.'),
  DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).max(3_600_000).default(7_000)
    .describe('How long a stopping worker may finish what it renders before it hands it back.'),
  GPU_HOUR_USD: z.coerce.number().min(0).default(2).describe('What an hour of one slot costs, busy or not; for the cost per video on the dashboards.'),
  SERVICE_TOKEN: serviceToken(),
});

export type RenderFleetConfig = z.output<typeof renderFleetSchema>;

export function readRenderFleetConfig(env: Readonly<Record<string, string | undefined>>): RenderFleetConfig {
  return readConfig(renderFleetSchema, env);
}

/** What the service reads when it is a process of its own. */
export const renderFleetProcessSchema = renderFleetSchema.extend(processSettings);

export function readRenderFleetProcessConfig(): z.output<typeof renderFleetProcessSchema> {
  return readConfig(renderFleetProcessSchema, process.env);
}
