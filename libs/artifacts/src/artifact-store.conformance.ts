import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ArtifactMissing, type ArtifactStore, InvalidArtifactKey } from './artifact-store';

const LINK = {
  signedAt: new Date(),
  validForSeconds: 600,
  contentType: 'video/mp4',
  contentDisposition: 'inline; filename="job_1.mp4"',
  cacheControl: 'private, max-age=60',
};

/** What every store must do, whatever holds the bytes. `open` gives an empty store. */
export function describeArtifactStore(
  name: string,
  open: () => Promise<{ store: ArtifactStore; close(): Promise<void> }>,
): void {
  describe(`artifact store ${name}`, () => {
    let store: ArtifactStore;
    let close: () => Promise<void>;

    beforeEach(async () => ({ store, close } = await open()));
    afterEach(() => close());

    it('gives back the bytes it was given', async () => {
      const bytes = randomBytes(300_000);
      await store.put('videos/job_1/1-lease_a.mp4', bytes);
      expect(await store.stat('videos/job_1/1-lease_a.mp4')).toEqual({ sizeBytes: 300_000 });
      expect((await buffer(store.read('videos/job_1/1-lease_a.mp4'))).equals(bytes)).toBe(true);
    });

    it('stores a file and leaves the original alone', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'artifact-'));
      const path = join(folder, 'source');
      await writeFile(path, 'twice');
      await store.put('a', path);
      await store.put('b', path);
      expect((await buffer(store.read('b'))).toString()).toBe('twice');
      await rm(folder, { recursive: true });
    });

    it('reads a range with both ends in it', async () => {
      await store.put('digits', Buffer.from('0123456789'));
      expect((await buffer(store.read('digits', { start: 2, end: 4 }))).toString()).toBe('234');
    });

    it('replaces an artifact as a whole', async () => {
      await store.put('a', Buffer.from('a longer first version'));
      await store.put('a', Buffer.from('second'));
      expect((await buffer(store.read('a'))).toString()).toBe('second');
    });

    it('tells what is missing from what is broken', async () => {
      expect(await store.stat('nowhere/at/all')).toBeUndefined();
      await expect(buffer(store.read('nowhere'))).rejects.toThrow(ArtifactMissing);
      await expect(store.put('a', '/does/not/exist')).rejects.toThrow();
      expect(await store.stat('a')).toBeUndefined();
    });

    it('keeps what is empty', async () => {
      await store.put('empty', Buffer.alloc(0));
      expect(await store.stat('empty')).toEqual({ sizeBytes: 0 });
      expect((await buffer(store.read('empty'))).length).toBe(0);
    });

    it('lets a reader go before the end', async () => {
      await store.put('long', randomBytes(8_000_000));
      const reader = store.read('long');
      for await (const chunk of reader) {
        expect((chunk as Buffer).length).toBeGreaterThan(0);
        break;
      }
      expect(reader.destroyed).toBe(true);
    });

    it('deletes, also what is not there', async () => {
      await store.put('a', Buffer.from('x'));
      await store.delete('a');
      await store.delete('a');
      expect(await store.stat('a')).toBeUndefined();
    });

    it('counts the bytes under a folder', async () => {
      await store.put('inputs/acc_1/a', Buffer.alloc(10));
      await store.put('inputs/acc_1/b', Buffer.alloc(5));
      await store.put('inputs/acc_10/a', Buffer.alloc(100));
      await store.put('inputs/acc_1/deeper/a', Buffer.alloc(100));
      expect([await store.sizeOf('inputs/acc_1'), await store.sizeOf('inputs/acc_3')]).toEqual([15, 0]);
    });

    it.each(['', '/etc/passwd', '../up', 'a/../b', 'a//b', '.incoming/x', 'a/', 'a\0b', 'a\\b', 'x'.repeat(513)])(
      'refuses the key %j',
      async (key) => {
        await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(InvalidArtifactKey);
        await expect(store.stat(key)).rejects.toThrow(InvalidArtifactKey);
        await expect(store.delete(key)).rejects.toThrow(InvalidArtifactKey);
        await expect(store.sizeOf(key)).rejects.toThrow(InvalidArtifactKey);
        expect(() => store.read(key)).toThrow(InvalidArtifactKey);
        await expect(store.linkTo(key, LINK)).rejects.toThrow(InvalidArtifactKey);
      },
    );

    it('gives out nothing itself, or under links that read and do nothing else', async () => {
      await store.put('videos/job_1/1.mp4', Buffer.from('0123456789'));
      const link = await store.linkTo('videos/job_1/1.mp4', LINK);
      if (link === undefined) return;
      const whole = await fetch(link);
      expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
      expect(Object.fromEntries(whole.headers)).toMatchObject({
        'content-type': LINK.contentType,
        'content-disposition': LINK.contentDisposition,
        'cache-control': LINK.cacheControl,
      });
      const part = await fetch(link, { headers: { range: 'bytes=2-4' } });
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
      expect((await fetch(link, { method: 'PUT', body: 'other' })).status).toBe(403);
      expect((await fetch(link, { method: 'DELETE' })).status).toBe(403);
      expect(await store.stat('videos/job_1/1.mp4')).toEqual({ sizeBytes: 10 });
    });

    it('sweeps what is older than asked and nothing else', async () => {
      await store.put('videos/job_1/1.mp4', Buffer.from('x'));
      await store.put('inputs/abc', Buffer.from('y'));
      expect(await store.sweep(60_000)).toBe(0);
      expect(await store.sweep(-60_000)).toBe(2);
      expect(await store.stat('videos/job_1/1.mp4')).toBeUndefined();
      await store.put('videos/job_1/1.mp4', Buffer.from('again'));
      expect(await store.stat('videos/job_1/1.mp4')).toEqual({ sizeBytes: 5 });
    });
  });
}
