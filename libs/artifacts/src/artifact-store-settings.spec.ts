import { ConfigError, readConfig } from '@usvideo/runtime';
import { z } from 'zod';
import { artifactStoreSettings, checkArtifactStore, openArtifactStore } from './artifact-store-settings';
import { DiskArtifactStore } from './disk-artifact-store';
import { S3ArtifactStore } from './s3-artifact-store';

const read = (env: Record<string, string>) => ({
  ...checkArtifactStore(readConfig(z.object(artifactStoreSettings), env)),
  DATA_DIR: '/data',
});

describe('the settings of the artifact store', () => {
  it('are a folder unless told', () => {
    expect(openArtifactStore(read({}))).toBeInstanceOf(DiskArtifactStore);
  });

  it('open a bucket', () => {
    expect(openArtifactStore(read({ ARTIFACT_STORE: 's3', S3_BUCKET: 'videos' }))).toBeInstanceOf(S3ArtifactStore);
  });

  it('want its name', () => {
    expect(() => read({ ARTIFACT_STORE: 's3' })).toThrow(
      new ConfigError(['S3_BUCKET: is required by the artifact store s3']),
    );
  });
});
