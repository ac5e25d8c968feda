/** A frame is far below the 16 MiB that a message may have, so that what is large delays only itself. */
export const FRAME_BYTES_MAX = 1_048_576;

/** Takes from the front what goes into one frame: `most` items, and one MiB unless the first alone is larger. */
export function takeFrame<Item>(
  queue: Item[],
  most: number,
  sizeOf: (item: Item) => number = bytesOf,
  bytesMax = FRAME_BYTES_MAX,
): Item[] {
  let count = 0;
  for (let bytes = 0; count < Math.min(most, queue.length); count++) {
    bytes += sizeOf(queue[count]!);
    if (bytes > bytesMax && count > 0) break;
  }
  return queue.splice(0, count);
}

/** About what a message takes on the wire: texts and bytes by their length, every field some more. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 4 + Buffer.byteLength(value);
  if (value instanceof Uint8Array) return 4 + value.byteLength;
  if (typeof value !== 'object' || value === null) return 10;
  let bytes = 4;
  for (const field of Object.values(value)) bytes += bytesOf(field);
  return bytes;
}
