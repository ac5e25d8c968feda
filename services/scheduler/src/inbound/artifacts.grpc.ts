import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AnnounceArtifactRequest,
  AnnounceArtifactResponse,
  ArtifactsDeletedRequest,
  ArtifactsDeletedResponse,
  ClaimArtifactDeletionsRequest,
  ClaimArtifactDeletionsResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { announceArtifact, claimArtifactDeletions, forgetArtifacts } from '../orders/artifact-deletions.sql';
import { DATABASE } from '@usvideo/service';

const KEYS_MAX = 500;
const KEY_CHARACTERS_MAX = 512;

/** What whoever holds the artifact store asks: which of its files nothing refers to. */
@Controller()
export class ArtifactsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @GrpcMethod('SchedulerService', 'announceArtifact')
  async announce({ artifactKey }: AnnounceArtifactRequest): Promise<AnnounceArtifactResponse> {
    if (artifactKey === '' || artifactKey.length > KEY_CHARACTERS_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `artifact_key must be 1 to ${KEY_CHARACTERS_MAX} characters`);
    await announceArtifact(this.database, artifactKey);
    return {};
  }

  @GrpcMethod('SchedulerService', 'claimArtifactDeletions')
  async claim({ limit }: ClaimArtifactDeletionsRequest): Promise<ClaimArtifactDeletionsResponse> {
    if (limit < 1 || limit > KEYS_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${KEYS_MAX}`);
    return { artifactKeys: await claimArtifactDeletions(this.database, limit) };
  }

  @GrpcMethod('SchedulerService', 'artifactsDeleted')
  async deleted({ artifactKeys }: ArtifactsDeletedRequest): Promise<ArtifactsDeletedResponse> {
    if (artifactKeys.length > KEYS_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `artifact_keys must be at most ${KEYS_MAX}`);
    await forgetArtifacts(this.database, artifactKeys);
    return {};
  }
}
