// A video for each product of a catalogue: node batch-catalogue.mjs catalogue.json videos/
// Run it again after an interruption: what was made is not made again, what was downloaded is not downloaded again.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USVideo } from '@usvideoapi/sdk';

const [catalogueFile = 'catalogue.json', folder = 'videos'] = process.argv.slice(2);
const client = new USVideo();
mkdirSync(folder, { recursive: true });
const fileOf = ({ sku }) => join(folder, `${sku}.mp4`);
const wanted = JSON.parse(readFileSync(catalogueFile, 'utf8')).filter((product) => !existsSync(fileOf(product)));

const results = await client.videos.batch(
  wanted.map(({ sku, description }) => ({
    prompt: `Product shot: ${description}`,
    resolution: '480p',
    duration: 1,
    metadata: { sku },
  })),
  {
    concurrency: 10,
    idempotencyKey: (_, index) => `catalogue-${wanted[index].sku}`,
    onResult: ({ index, job, error }) => console.log(`${wanted[index].sku}: ${job?.status ?? error.code}`),
  },
);
for (const { index, job } of results)
  if (job?.status === 'completed') await client.videos.download(job, fileOf(wanted[index]));
process.exitCode = results.every(({ job }) => job?.status === 'completed') ? 0 : 1;
