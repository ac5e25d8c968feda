import { Module } from '@nestjs/common';
import { type ArtifactStore, openArtifactStore } from '@usvideo/artifacts';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import type { GatewayConfig } from '../config';
import { Peers } from '../peers/peers.client';
import { PeersModule } from '../peers/peers.module';
import { ARTIFACTS, CONFIG, LOGGER } from '../tokens';
import { ArtifactDeletions } from './artifact-deletions.loop';
import { FirstFrameStore } from './first-frame.store';
import { UploadedFileStore } from './uploaded-file.store';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

@Module({
  imports: [PeersModule],
  providers: [
    { provide: ARTIFACTS, inject: [CONFIG], useFactory: (config: GatewayConfig) => openArtifactStore(config) },
    {
      provide: ArtifactDeletions,
      inject: [ARTIFACTS, Peers, LOGGER, Lifecycle],
      useFactory: (artifacts: ArtifactStore, { scheduler }: Peers, logger: Logger, lifecycle: Lifecycle) =>
        lifecycle.keep('deletions of files', new ArtifactDeletions({ artifacts, scheduler, logger }).start()),
    },
    {
      provide: FirstFrameStore,
      inject: [ARTIFACTS, ArtifactDeletions, CONFIG],
      useFactory: (
        artifacts: ArtifactStore,
        deletions: ArtifactDeletions,
        { FIRST_FRAMES_MIB_PER_ACCOUNT: mib }: GatewayConfig,
      ) => new FirstFrameStore(artifacts, mib * MIB, deletions),
    },
    {
      provide: UploadedFileStore,
      inject: [ARTIFACTS, FirstFrameStore, ArtifactDeletions, CONFIG],
      useFactory: (
        artifacts: ArtifactStore,
        firstFrames: FirstFrameStore,
        deletions: ArtifactDeletions,
        { FILES_KEPT_HOURS: hours }: GatewayConfig,
      ) => new UploadedFileStore({ artifacts, firstFrames, deletions, keepMs: hours * HOUR_MS }),
    },
  ],
  exports: [ARTIFACTS, ArtifactDeletions, FirstFrameStore, UploadedFileStore],
})
export class FilesModule {}
