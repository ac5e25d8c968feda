import sdk = require('@usvideoapi/sdk');

export async function main(): Promise<void> {
  const client = new sdk.USVideo({ baseUrl: 'http://h', apiKey: 'k' });
  const video: sdk.Video = await client.videos.create({ prompt: 'x' });
  console.log(video.cost);
  // @ts-expect-error there is no such resolution
  await client.videos.create({ prompt: 'x', resolution: '4k' });
}
