import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvents } from '../src/events.ts';

const encoder = new TextEncoder();

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function read(chunks: readonly Uint8Array[]) {
  const events = [];
  for await (const event of readEvents(bodyOf(chunks), 1_000)) events.push(event);
  return events;
}

const TEXT =
  'retry: 2000\n\nid: 1\nevent: video.processing\ndata: {"a":\ndata: "ä 🐻"}\n\n: still here\n\nid: 2\r\ndata:x\r\n\r\ndata: cut off';
const EVENTS = [
  { id: '1', event: 'video.processing', data: '{"a":\n"ä 🐻"}' },
  { id: '2', event: 'message', data: 'x' },
];

test('events are read, comments and what is cut off are not', async () => {
  assert.deepEqual(await read([encoder.encode(TEXT)]), EVENTS);
});

test('wherever the bytes are cut, the events are the same', async () => {
  const bytes = encoder.encode(TEXT);
  for (let cut = 1; cut < bytes.length; cut++)
    assert.deepEqual(await read([bytes.subarray(0, cut), bytes.subarray(cut)]), EVENTS);
  assert.deepEqual(await read([...bytes].map((byte) => Uint8Array.of(byte))), EVENTS);
});

test('silence is not waited out', async () => {
  const silent = new ReadableStream<Uint8Array>({});
  await assert.rejects(readEvents(silent, 20).next(), /nothing came for 20 ms/);
});

test('an event that does not end is given up', async () => {
  const chunk = encoder.encode('x'.repeat(1024 * 1024));
  await assert.rejects(
    read([encoder.encode('data: '), ...Array.from({ length: 5 }, () => chunk)]),
    /an event of more than/,
  );
});

test('a block with an id alone says where to go on', async () => {
  const ids: string[] = [];
  const events = [];
  for await (const event of readEvents(
    bodyOf([encoder.encode('retry: 2000\nid: 41\n\nid: 42\ndata: x\n\nid: 43')]),
    1_000,
    (id) => ids.push(id),
  ))
    events.push(event.id);
  assert.deepEqual([ids, events], [['41'], ['42']]);
});
