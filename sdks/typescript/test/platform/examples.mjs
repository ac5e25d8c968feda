// Runs the examples as they stand, against the started platform.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { deflateSync, crc32 } from 'node:zlib';
import { USVideo } from '@usvideoapi/sdk';

const { env } = process;
const SMALL = { resolution: '480p', duration: 1 };

async function run(args) {
  const child = start(args);
  const [code] = await once(child.process, 'close');
  return { code, out: child.out() };
}

function start(args, environment = {}) {
  const child = spawn(process.execPath, args, { env: { ...env, ...environment } });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      out += chunk;
    });
  const says = async (pattern) => {
    while (!pattern.test(out))
      await Promise.race([
        once(child.stdout, 'data'),
        once(child, 'close').then(() => assert.fail(`it ended: ${out}`)),
      ]);
    return pattern.exec(out);
  };
  return { process: child, out: () => out, says };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}

/** A square of one colour. */
function png() {
  const chunk = (type, data) => {
    const [body, frame] = [Buffer.concat([Buffer.from(type), data]), Buffer.alloc(8)];
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(
    Array.from({ length: 64 }, () => Buffer.concat([Buffer.of(0), Buffer.alloc(64 * 3, 120)])),
  );
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('batch-catalogue makes each video once', async () => {
  const products = ['A-1', 'A-2', 'A-3'].map((sku) => ({
    sku: `${sku}-${Date.now()}`,
    description: `a cup, model ${sku}`,
  }));
  writeFileSync('catalogue.json', JSON.stringify(products));
  assert.deepEqual((await run(['examples/batch-catalogue.mjs', 'catalogue.json', 'videos'])).code, 0);
  for (const { sku } of products) assert.ok(statSync(`videos/${sku}.mp4`).size > 1_000);
  const again = await run(['examples/batch-catalogue.mjs', 'catalogue.json', 'more-videos']);
  const made = await new USVideo().videos.list({ limit: 100 }).all();
  assert.deepEqual(
    [again.code, made.filter(({ metadata }) => products.some(({ sku }) => sku === metadata.sku)).length],
    [0, 3],
  );
});

test('image-to-video begins with the picture', async () => {
  writeFileSync('picture.png', png());
  const { code, out } = await run(['examples/image-to-video.mjs', 'picture.png', 'it begins to move', 'moving.mp4']);
  assert.equal(code, 0, out);
  assert.match(out, /moving\.mp4: image_to_video, 1:1/);
});

test('webhook-receiver takes what is genuine', async () => {
  const port = await freePort();
  const receiver = start(['examples/webhook-receiver.mjs'], { PORT: port });
  try {
    await receiver.says(/listening/);
    const { id } = await new USVideo().videos.create({
      prompt: 'tell the receiver',
      ...SMALL,
      webhook_url: `http://127.0.0.1:${port}`,
    });
    assert.equal((await receiver.says(/video\.completed (job_\w+) http/))[1], id);
    assert.equal((await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: '{}' })).status, 400);
  } finally {
    receiver.process.kill();
  }
});

test("the page's proxy makes a video and shows its progress, and keeps the key", async () => {
  const port = await freePort();
  const server = start(['examples/browser/server.mjs'], { PORT: port });
  const url = `http://127.0.0.1:${port}`;
  try {
    await server.says(/listening/);
    const page = await (await fetch(url)).text();
    const { id } = await (await fetch(`${url}/videos`, { method: 'POST', body: 'from the page' })).json();
    const events = await (await fetch(`${url}/videos/${id}/events`)).text();
    assert.match(events, /"status":"completed","progress":100,"url":"http/);
    assert.ok(![page, events].some((text) => text.includes(env.USVIDEO_API_KEY)));
    assert.equal((await fetch(`${url}/videos`, { method: 'POST', body: 'sandbox:http=402' })).status, 402);
    assert.equal((await fetch(`${url}/v1/balance`)).status, 404);
  } finally {
    server.process.kill();
  }
});
