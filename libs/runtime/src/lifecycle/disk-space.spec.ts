import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import { createLogger } from '../log/logger';
import { diskFree, diskSize } from '../metrics/metrics';
import { watchDiskSpace } from './disk-space';

test('the space of a folder that is not there yet is shown, as its file system counts it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'space-'));
  const watch = watchDiskSpace('artifacts', join(root, 'not', 'yet'), createLogger('test', 'silent'));
  const size = () => diskSize.get().then(({ values }) => values[0]?.value);
  await eventually(async () => (await size()) !== undefined, { what: 'the size of the disk' });
  const { blocks, bsize } = await statfs(root);
  expect(await size()).toBe(blocks * bsize);
  const [free] = (await diskFree.get()).values;
  expect(free).toMatchObject({ labels: { folder: 'artifacts' } });
  expect(free!.value).toBeLessThanOrEqual(blocks * bsize);
  await watch.stop();
  await rm(root, { recursive: true });
});
