import type { ArtifactStore } from '@usvideo/artifacts';
import type { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { call, startLoop, type Logger, type Loop, type Running } from '@usvideo/runtime';

const EVERY_MS = 30_000;
const AT_ONCE = 100;

export interface ArtifactDeletionsOptions {
  readonly artifacts: ArtifactStore;
  readonly scheduler: SchedulerServiceClient;
  readonly logger: Logger;
}

/** Deletes files that nothing refers to. Which those are is kept by the scheduler, so that it outlives whoever was to delete them. */
export class ArtifactDeletions implements Running {
  private loop: Loop | undefined;

  constructor(private readonly options: ArtifactDeletionsOptions) {}

  start(): this {
    this.loop = startLoop({
      name: 'artifact_deletions',
      everyMs: EVERY_MS,
      work: () => this.deleteDue(),
      logger: this.options.logger,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** Before a file is stored that no job refers to yet. */
  async announce(artifactKey: string): Promise<void> {
    await call(this.options.scheduler, 'announceArtifact', { artifactKey, accountId: '', keepMs: 0n });
  }

  /** Before a file is stored that is to be there for so long, and no longer than its account. */
  async announceUpload(artifactKey: string, accountId: string, keepMs: number): Promise<void> {
    await call(this.options.scheduler, 'announceArtifact', { artifactKey, accountId, keepMs: BigInt(keepMs) });
  }

  /** At once; what fails is left to a later run, here or in another gateway. */
  async discard(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { scheduler, logger } = this.options;
    try {
      await this.delete(keys);
      await call(scheduler, 'artifactsDeleted', { artifactKeys: [...keys] });
    } catch (error) {
      logger.warn({ err: error, keys }, 'files are deleted later');
    }
  }

  /** True: there may be more. */
  async deleteDue(): Promise<boolean> {
    const { scheduler } = this.options;
    const { artifactKeys } = await call(scheduler, 'claimArtifactDeletions', { limit: AT_ONCE });
    await this.delete(artifactKeys);
    if (artifactKeys.length > 0) await call(scheduler, 'artifactsDeleted', { artifactKeys });
    return artifactKeys.length === AT_ONCE;
  }

  private async delete(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.options.artifacts.delete(key)));
  }
}
