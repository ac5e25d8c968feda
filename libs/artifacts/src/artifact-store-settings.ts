import { join } from 'node:path';
import { ConfigError } from '@usvideo/runtime';
import { z } from 'zod';
import type { ArtifactStore } from './artifact-store';
import { DiskArtifactStore } from './disk-artifact-store';
import { S3ArtifactStore } from './s3-artifact-store';

/** Of every service that reads or writes artifacts; all of them are given the same. */
export const artifactStoreSettings = {
  ARTIFACT_STORE: z
    .enum(['disk', 's3'])
    .default('disk')
    .describe('Where videos and frames live: `disk`, in `DATA_DIR`, or `s3`, in `S3_BUCKET`.'),
  S3_BUCKET: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The bucket, which holds nothing else: what is older than the retention is deleted from it. Credentials come by the usual chain of the AWS SDK: `AWS_ACCESS_KEY_ID` and the like, or the identity of the workload.',
    ),
  S3_REGION: z.string().min(1).default('us-east-1').describe('Its region.'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("The S3-compatible server that has it. Unset: Amazon's."),
  S3_PUBLIC_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('How customers reach that server. Unset: as we do.'),
  S3_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe("Whether the bucket is part of the path, as most servers of one's own want it."),
};

type ArtifactStoreConfig = Readonly<z.output<z.ZodObject<typeof artifactStoreSettings>>>;

/** The rule that no single setting has. @throws ConfigError */
export function checkArtifactStore<Config extends ArtifactStoreConfig>(config: Config): Config {
  if (config.ARTIFACT_STORE === 's3' && config.S3_BUCKET === undefined)
    throw new ConfigError(['S3_BUCKET: is required by the artifact store s3']);
  return config;
}

export function openArtifactStore(config: ArtifactStoreConfig & { readonly DATA_DIR: string }): ArtifactStore {
  if (config.ARTIFACT_STORE === 'disk') return new DiskArtifactStore(join(config.DATA_DIR, 'artifacts'));
  return new S3ArtifactStore({
    bucket: config.S3_BUCKET!,
    region: config.S3_REGION,
    endpoint: config.S3_ENDPOINT,
    publicEndpoint: config.S3_PUBLIC_ENDPOINT,
    pathStyle: config.S3_PATH_STYLE,
  });
}
