import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskArtifactStore } from '@usvideo/artifacts';
import type { ArtifactDeletions } from './artifact-deletions.loop';
import { FirstFrameStore } from './first-frame.store';

const picture = (bytes: number) => ({ bytes: Buffer.alloc(bytes), aspectRatio: '1:1' });

describe('the first frames of an account', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'frames-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are bounded in bytes, those of another account apart, and what lies there counts', async () => {
    const artifacts = new DiskArtifactStore(folder);
    const deletions = { announce: async () => undefined } as unknown as ArtifactDeletions;
    await artifacts.put('inputs/acc_1/earlier', Buffer.alloc(40));
    const frames = new FirstFrameStore(artifacts, 100, deletions);
    await frames.put('acc_1', picture(30));
    await frames.put('acc_1', picture(30));
    await expect(frames.put('acc_1', picture(1))).rejects.toMatchObject({ code: 'queue_limit_exceeded' });
    await expect(frames.put('acc_2', picture(100))).resolves.toBeDefined();
  });
});
