import { type ArtifactStore, DiskArtifactStore, S3ArtifactStore } from '@usvideo/artifacts';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { createLogger, dial } from '@usvideo/runtime';
import { describeS3 } from '@usvideo/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakePeers } from '../http/fake-peers.fixture';
import { ArtifactDeletions } from './artifact-deletions.loop';

describe('files on a disk that nothing refers to', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deletions-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  areDeleted(async () => new DiskArtifactStore(folder));
});

describeS3('files in a bucket that nothing refers to', (server) => {
  areDeleted(async () => new S3ArtifactStore({ ...server().settings, bucket: await server().makeBucket('videos') }));
});

function areDeleted(open: () => Promise<ArtifactStore>): void {
  const peers = new FakePeers();
  let scheduler: SchedulerServiceClient;
  let artifacts: ArtifactStore;
  let deletions: ArtifactDeletions;

  beforeAll(async () => {
    await peers.start();
    artifacts = await open();
    scheduler = dial(SchedulerServiceClient, peers.address);
    deletions = new ArtifactDeletions({ artifacts, scheduler, logger: createLogger('gateway', 'silent') });
  });
  afterAll(async () => {
    scheduler.close();
    await peers.remove();
  });

  it('are deleted, whoever was to do it before, and said to be', async () => {
    await artifacts.put('inputs/acc_1/a', Buffer.from('x'));
    peers.deletionsDue.push('inputs/acc_1/a', 'inputs/acc_1/never-stored');
    expect(await deletions.deleteDue()).toBe(false);
    expect(await artifacts.stat('inputs/acc_1/a')).toBeUndefined();
    expect(peers.deleted.splice(0)).toEqual(['inputs/acc_1/a', 'inputs/acc_1/never-stored']);
  });

  it('are not said to be deleted when they could not be, nor is the customer told', async () => {
    const away = { delete: () => Promise.reject(new Error('away')) } as unknown as ArtifactStore;
    const failing = new ArtifactDeletions({ artifacts: away, scheduler, logger: createLogger('gateway', 'silent') });
    await failing.discard(['inputs/acc_1/b']);
    peers.deletionsDue.push('inputs/acc_1/b');
    await expect(failing.deleteDue()).rejects.toThrow('away');
    expect(peers.deleted).toEqual([]);
  });

  it('are asked for again at once when there are many', async () => {
    peers.deletionsDue.push(...Array.from({ length: 100 }, (_, index) => `inputs/acc_1/${index}`));
    expect(await deletions.deleteDue()).toBe(true);
    expect(peers.deleted.splice(0)).toHaveLength(100);
  });
}
