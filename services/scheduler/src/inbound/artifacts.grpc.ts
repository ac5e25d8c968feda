import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AnnounceArtifactRequest,
  AnnounceArtifactResponse,
  ArtifactsDeletedRequest,
  ArtifactsDeletedResponse,
  ClaimArtifactDeletionsRequest,
  ClaimArtifactDeletionsResponse,
  ExpireUploadsRequest,
  ExpireUploadsResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import {
  announceArtifact,
  announceUpload,
  claimArtifactDeletions,
  expireUploads,
  forgetArtifacts,
} from '../orders/artifact-deletions.sql';
import { DATABASE } from '@usvideo/service';

const KEYS_MAX = 500;
const KEY_CHARACTERS_MAX = 512;
const KEEP_MS_MAX = 7 * 24 * 3_600_000;

/** What whoever holds the artifact store asks: which of its files nothing refers to. */
@Controller()
export class ArtifactsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @GrpcMethod('SchedulerService', 'announceArtifact')
  async announce({ artifactKey, accountId, keepMs }: AnnounceArtifactRequest): Promise<AnnounceArtifactResponse> {
    if (artifactKey === '' || artifactKey.length > KEY_CHARACTERS_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `artifact_key must be 1 to ${KEY_CHARACTERS_MAX} characters`);
    if (keepMs < 0n || keepMs > KEEP_MS_MAX) throw grpcError(status.INVALID_ARGUMENT, 'keep_ms must be 0 to a week');
    if (accountId === '') await announceArtifact(this.database, artifactKey);
    else await announceUpload(this.database, artifactKey, accountId, Number(keepMs));
    return {};
  }

  @GrpcMethod('SchedulerService', 'expireUploads')
  async expire({ accountId }: ExpireUploadsRequest): Promise<ExpireUploadsResponse> {
    if (accountId === '') throw grpcError(status.INVALID_ARGUMENT, 'account_id is missing');
    await expireUploads(this.database, accountId);
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
