import { bytesOf, takeFrame } from './frame';

const item = (bytes: number) => ({ content: 'x'.repeat(bytes) });

describe('a frame', () => {
  it('is bounded in items and in bytes, and what is too large goes alone', () => {
    const queue = [item(400), item(400), item(5_000), item(10), item(10), item(10)];
    const frames = [];
    while (queue.length > 0) frames.push(takeFrame(queue, 2, bytesOf, 1_000).map(({ content }) => content.length));
    expect(frames).toEqual([[400, 400], [5_000], [10, 10], [10]]);
  });
  it('counts what a text takes as UTF-8, and bytes, in any depth', () => {
    expect(bytesOf({ a: [{ b: 'é'.repeat(500) }] })).toBeGreaterThanOrEqual(1_000);
    expect(bytesOf({ a: new Uint8Array(2_000) })).toBeGreaterThanOrEqual(2_000);
    expect(bytesOf(undefined)).toBeGreaterThan(0);
  });
});
