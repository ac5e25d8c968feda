import { USVideo, USVideoError, type Video, verifyWebhook } from '@usvideoapi/sdk';

const client = new USVideo({ baseUrl: 'http://h', apiKey: 'k' });
const video: Video = await client.videos.create({ prompt: 'x' });
const cost: string | null = video.cost;
for await (const each of client.videos.list({ status: 'completed' })) console.log(each.cost_micros, cost);
try {
  await verifyWebhook({ payload: '', headers: {}, secret: 'whsec_' });
} catch (error) {
  if (error instanceof USVideoError && error.code === 'timeout') console.log(error.details);
}
// @ts-expect-error there is no such resolution
await client.videos.create({ prompt: 'x', resolution: '4k' });
