// The installed provider with the real `ai` against the started platform.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { createUSVideo, usvideo } from '@usvideoapi/ai-sdk-provider';
import { APICallError, experimental_generateVideo as generateVideo } from 'ai';

const SMALL = { model: usvideo.video(), resolution: '854x480', duration: 1 };
const { USVIDEO_STAND_URL: stand } = process.env;
/** A red square. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsIty/dMYyQi+hcEKLNO+FgEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGBywI6LQEAwyG+sAAAAABJRU5ErkJggg==';

test('the README runs as it stands', () => {
  const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'));
  writeFileSync('readme.mjs', program);
  assert.match(execFileSync(process.execPath, ['readme.mjs'], { encoding: 'utf8' }), /\$\d/);
  assert.ok(statSync('sea.mp4').size > 1_000);
});

test('it can be required, too', () => {
  assert.equal(createRequire(import.meta.url)('@usvideoapi/ai-sdk-provider').usvideo.video().modelId, 'default');
});

test('a video comes with the job', async () => {
  const { video, videos, providerMetadata, responses } = await generateVideo({ ...SMALL, prompt: 'a hill', seed: 7 });
  assert.equal(Buffer.from(video.uint8Array).subarray(4, 8).toString(), 'ftyp');
  assert.equal(videos.length, 1);
  assert.deepEqual([providerMetadata.usvideo.video.status, providerMetadata.usvideo.video.seed], ['completed', 7]);
  assert.ok(responses[0].timestamp instanceof Date);
});

test('an image becomes the first frame', async () => {
  const { providerMetadata } = await generateVideo({
    ...SMALL,
    resolution: '480x480',
    prompt: { text: 'it moves', image: `data:image/png;base64,${PNG}` },
  });
  assert.equal(providerMetadata.usvideo.video.mode, 'image_to_video');
});

test('several videos are several jobs', async () => {
  const { videos } = await generateVideo({ ...SMALL, prompt: 'two', n: 2 });
  assert.equal(videos.length, 2);
});

test('polling works', async () => {
  const { video } = await generateVideo({ ...SMALL, prompt: 'polled', poll: { intervalMs: 200, timeoutMs: 60_000 } });
  assert.ok(video.uint8Array.length > 1_000);
});

test('webhooks work', async () => {
  const run = `ai${Date.now()}`;
  const webhook = async () => ({
    url: `${stand}/webhooks/${run}`,
    received: fetch(`${stand}/webhooks/${run}`).then((response) => response.json()),
  });
  const { video } = await generateVideo({ ...SMALL, prompt: 'told', webhook });
  assert.ok(video.uint8Array.length > 1_000);
});

test('a refusal is an APICallError with the code, sent once', async () => {
  const error = await generateVideo({ ...SMALL, prompt: 'sandbox:http=402' }).then(
    () => assert.fail('it was not refused'),
    (thrown) => thrown,
  );
  assert.ok(APICallError.isInstance(error));
  assert.deepEqual([error.statusCode, error.data.error, error.isRetryable], [402, 'insufficient_balance', false]);
});

test('a job that fails says why', async () => {
  await assert.rejects(generateVideo({ ...SMALL, prompt: 'sandbox:fail=content_rejected' }), /content_rejected/);
  await assert.rejects(
    generateVideo({ ...SMALL, prompt: 'sandbox:fail=engine_error', poll: { intervalMs: 200, timeoutMs: 60_000 } }),
    /engine_error/,
  );
});

test('a lost answer makes no second video', async () => {
  const run = `lost${Date.now()}`;
  const { video } = createUSVideo({ baseURL: `${stand}/drop;times=1/${run}` });
  const { providerMetadata } = await generateVideo({
    ...SMALL,
    model: video(),
    prompt: 'once',
    providerOptions: { usvideo: { end_user: run } },
  });
  const response = await fetch(`${process.env.USVIDEO_BASE_URL}/v1/videos?end_user=${run}`, {
    headers: { authorization: `Bearer ${process.env.USVIDEO_API_KEY}` },
  });
  assert.deepEqual(
    (await response.json()).data.map(({ id }) => id),
    [providerMetadata.usvideo.video.id],
  );
});
