import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ArtifactStoreAway } from './artifact-store';
import { describeArtifactStore } from './artifact-store.conformance';
import { DiskArtifactStore } from './disk-artifact-store';

const openedIn = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  return { folder, store: new DiskArtifactStore(join(folder, 'store')), close: () => rm(folder, { recursive: true }) };
};

describeArtifactStore('disk', openedIn);

describe('disk artifact store', () => {
  it('leaves no temporary file behind, also when a put fails', async () => {
    const { folder, store, close } = await openedIn();
    await store.put('a', Buffer.from('x'));
    await expect(store.put('b', join(folder, 'missing'))).rejects.toThrow();
    expect(await readdir(join(folder, 'store', '.incoming'))).toEqual([]);
    await close();
  });

  it('says that it is away when its disk is, and not that the artifact is missing', async () => {
    const { folder, store, close } = await openedIn();
    await writeFile(join(folder, 'store'), 'not a folder');
    await expect(store.put('a', Buffer.from('x'))).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(store.stat('a')).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(buffer(store.read('a'))).rejects.toBeInstanceOf(ArtifactStoreAway);
    await close();
  });

  it('keeps its files from other users of the machine', async () => {
    const { folder, store, close } = await openedIn();
    await writeFile(join(folder, 'source'), 'x', { mode: 0o644 });
    await store.put('inputs/a', Buffer.from('x'));
    await store.put('videos/b', join(folder, 'source'));
    const modes = await Promise.all(
      ['', 'inputs', 'inputs/a', 'videos', 'videos/b'].map(
        async (path) => (await stat(join(folder, 'store', path))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o700, 0o600]);
    await close();
  });

  it('puts into a folder that a sweep takes away at the same time', async () => {
    const { store, close } = await openedIn();
    const puts = Array.from({ length: 50 }, (_, index) => store.put(`videos/job/${index}`, Buffer.from('x')));
    await Promise.all([...puts, ...Array.from({ length: 10 }, () => store.sweep(3_600_000))]);
    expect(await store.sweep(-60_000)).toBe(50);
    await close();
  });
});
