import { describeS3 } from '@usvideo/testing';
import { buffer } from 'node:stream/consumers';
import { ArtifactStoreAway } from './artifact-store';
import { describeArtifactStore } from './artifact-store.conformance';
import { S3ArtifactStore } from './s3-artifact-store';

const LINK = {
  signedAt: new Date(),
  validForSeconds: 600,
  contentType: 'video/mp4',
  contentDisposition: 'inline',
  cacheControl: 'no-store',
};

describeS3('S3', (server) => {
  let buckets = 0;
  const openedIn = async () => {
    const bucket = await server().makeBucket(`bucket-${++buckets}`);
    return { bucket, store: new S3ArtifactStore({ ...server().settings, bucket }), close: async () => undefined };
  };

  describeArtifactStore('s3', openedIn);

  it('says that it is away when its bucket is, and not that the artifact is missing', async () => {
    const store = new S3ArtifactStore({ ...server().settings, bucket: 'nowhere' });
    await expect(store.put('a', Buffer.from('x'))).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(store.stat('a')).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(buffer(store.read('a'))).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(store.delete('a')).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(store.sweep(0)).rejects.toBeInstanceOf(ArtifactStoreAway);
  });

  it('says that it is away when nobody answers', async () => {
    const store = new S3ArtifactStore({ ...server().settings, endpoint: 'http://127.0.0.1:1', bucket: 'any' });
    await expect(store.put('a', Buffer.from('x'))).rejects.toBeInstanceOf(ArtifactStoreAway);
    await expect(store.stat('a')).rejects.toBeInstanceOf(ArtifactStoreAway);
  });

  it.each([
    ['another file', (link: string) => link.replace('/a?', '/b?')],
    ['another length of life', (link: string) => link.replace('X-Amz-Expires=600', 'X-Amz-Expires=9999')],
    ['another type', (link: string) => link.replace('video%2Fmp4', 'text%2Fhtml')],
    ['another signature', (link: string) => link.replace(/X-Amz-Signature=.{4}/, 'X-Amz-Signature=0000')],
  ])('gives links that do not open %s', async (_, altered) => {
    const { store } = await openedIn();
    await store.put('a', Buffer.from('x'));
    await store.put('b', Buffer.from('y'));
    const link = await store.linkTo('a', LINK);
    expect(altered(link)).not.toBe(link);
    expect((await fetch(altered(link))).status).toBe(403);
  });

  it.each([
    ['before', 600, 200],
    ['after', -1, 403],
  ])('gives links that end with their last second: %s it they answer so', async (_, secondsLeft, status) => {
    const { store } = await openedIn();
    await store.put('a', Buffer.from('x'));
    const link = await store.linkTo('a', {
      ...LINK,
      signedAt: new Date(Date.now() - 300_000),
      validForSeconds: 300 + secondsLeft,
    });
    expect((await fetch(link)).status).toBe(status);
  });

  it('signs for the address that customers use', async () => {
    const { bucket } = await openedIn();
    const store = new S3ArtifactStore({ ...server().settings, bucket, publicEndpoint: 'https://files.example.com' });
    expect(await store.linkTo('a', LINK)).toMatch(
      new RegExp(`^https://files\\.example\\.com/${bucket}/a\\?.*X-Amz-Expires=600&`),
    );
  });

  it('sweeps more than one page', async () => {
    const { store } = await openedIn();
    const keys = Array.from({ length: 1_050 }, (_, index) => `videos/${index}`);
    for (let first = 0; first < keys.length; first += 50)
      await Promise.all(keys.slice(first, first + 50).map((key) => store.put(key, Buffer.from('x'))));
    expect(await store.sweep(-60_000)).toBe(1_050);
    expect(await store.sweep(-60_000)).toBe(0);
  });
});
