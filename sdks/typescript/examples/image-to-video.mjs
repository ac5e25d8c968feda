// A video that begins with a picture: node image-to-video.mjs picture.png 'the waves begin to move' video.mp4
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { USVideo } from '@usvideoapi/sdk';

const [picture, prompt, file = 'video.mp4'] = process.argv.slice(2);
const TYPES = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.webp': 'image/webp' };
const first_frame = `data:${TYPES[extname(picture).toLowerCase()]};base64,${readFileSync(picture).toString('base64')}`;

const client = new USVideo();
const video = await client.videos.createAndWait(
  { prompt, first_frame, resolution: '480p', duration: 2 },
  { onProgress: ({ progress }) => console.log(`${progress} %`) },
);
await client.videos.download(video, file);
console.log(`${file}: ${video.mode}, ${video.aspect_ratio}`);
