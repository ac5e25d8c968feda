// The official package for Node with nothing changed but base URL and key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI, { APIError, AuthenticationError, BadRequestError, toFile } from 'openai';

const { env } = process;
const at = (path, apiKey = env.USVIDEO_API_KEY, options = {}) =>
  new OpenAI({ baseURL: `${env.USVIDEO_BASE_URL}${path}`, apiKey, ...options });
const client = at('/openai/v1');
const SMALL = { seconds: '1', size: '854x480' };

async function ended(id) {
  for (let tries = 0; tries < 120; tries++) {
    const video = await client.videos.retrieve(id);
    if (video.status === 'completed' || video.status === 'failed') return video;
    await delay(250);
  }
  return assert.fail(`${id} has not ended`);
}

test('a video is created, polled, downloaded, listed and deleted', async () => {
  const made = await client.videos.create({ prompt: 'a fox', model: 'sora-2', ...SMALL });
  assert.deepEqual([made.object, made.seconds, made.size], ['video', '1', '854x480']);
  const video = await ended(made.id);
  assert.deepEqual([video.status, video.progress, video.error], ['completed', 100, null]);
  const file = Buffer.from(await (await client.videos.downloadContent(video.id)).arrayBuffer());
  assert.equal(file.subarray(4, 8).toString('latin1'), 'ftyp');
  const picture = Buffer.from(
    await (await client.videos.downloadContent(video.id, { variant: 'thumbnail' })).arrayBuffer(),
  );
  assert.equal(picture.subarray(0, 2).toString('hex'), 'ffd8');
  const listed = [];
  for await (const each of client.videos.list({ limit: 1 }))
    if (listed.push(each.id) === 3 || each.id === video.id) break;
  assert.ok(listed.includes(video.id));
  assert.deepEqual(await client.videos.delete(video.id), { id: video.id, object: 'video.deleted', deleted: true });
});

test('a picture is its first frame, as a file and as an object', async () => {
  const png = readFileSync(new URL('first-frame.png', import.meta.url));
  const video = await client.videos.create({
    prompt: 'it moves',
    input_reference: await toFile(png, 'first.png', { type: 'image/png' }),
    ...SMALL,
  });
  assert.equal((await ended(video.id)).status, 'completed');
  const again = await client.videos.create({
    prompt: 'it moves',
    input_reference: { image_url: `data:image/png;base64,${png.toString('base64')}` },
    ...SMALL,
  });
  assert.equal((await ended(again.id)).status, 'completed');
});

test('what is not offered, wrong or forbidden is refused in the words of the protocol', async () => {
  const refused = (call, kind, expected) =>
    assert.rejects(call, (error) => {
      assert.ok(error instanceof kind, error.stack);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, error[name]])), expected);
      return true;
    });
  await refused(client.videos.create({ prompt: 'x', seconds: '12' }), BadRequestError, {
    param: 'seconds',
    code: 'invalid_request',
    type: 'invalid_request_error',
  });
  await refused(client.videos.create({ prompt: 'x', size: '1024x1792' }), BadRequestError, { param: 'size' });
  await refused(client.videos.remix('job_00000000000000000000000000', { prompt: 'x' }), BadRequestError, {
    code: 'invalid_request',
  });
  await refused(client.videos.retrieve('job_00000000000000000000000000'), APIError, {
    status: 404,
    code: 'job_not_found',
  });
  await refused(at('/openai/v1', 'usv_test_wrong').videos.list(), AuthenticationError, { code: 'invalid_api_key' });
});

test('its own retry after a lost answer makes no second video', async () => {
  const run = `openai${process.pid}`;
  const lossy = new OpenAI({
    baseURL: `${env.USVIDEO_STAND_URL}/drop;times=1/${run}/openai/v1`,
    apiKey: env.USVIDEO_API_KEY,
  });
  const prompt = `once only ${run}`;
  const made = await lossy.videos.create({ prompt, ...SMALL });
  const { data } = await client.videos.list({ limit: 100 });
  assert.deepEqual(
    data.filter((video) => video.prompt === prompt).map(({ id }) => id),
    [made.id],
  );
});

test('at the address of the native API it is told where to go', async () => {
  await assert.rejects(at('/v1').videos.create({ prompt: 'x', ...SMALL }), /\/openai\/v1/);
});
