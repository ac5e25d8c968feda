import { type FileHandle, open } from 'node:fs/promises';
import { BOX_HEADER_BYTES, isFastStart, type Mp4Box, readBoxHeader, readVideoFacts, type VideoFacts } from './mp4';

/** More top-level boxes than any muxer writes. */
const BOXES_MAX = 64;
/** The index of a clip of ten seconds has a few kilobytes. */
const INDEX_BYTES_MAX = 16 * 1024 * 1024;

export interface Mp4Probe extends VideoFacts {
  readonly fastStart: boolean;
}

/** Reads headers and index only. @throws RangeError when the file is no MP4 with a video track. */
export async function probeMp4(file: string): Promise<Mp4Probe> {
  const handle = await open(file, 'r');
  try {
    const boxes = await readBoxes(handle);
    const index = boxes.find((box) => box.type === 'moov');
    if (!index || index.sizeBytes > INDEX_BYTES_MAX) throw new RangeError('the file has no readable index');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(index.sizeBytes), 0, index.sizeBytes, index.offset);
    return { ...readVideoFacts(buffer.subarray(0, bytesRead)), fastStart: isFastStart(boxes) };
  } finally {
    await handle.close();
  }
}

async function readBoxes(handle: FileHandle): Promise<Mp4Box[]> {
  const { size } = await handle.stat();
  const boxes: Mp4Box[] = [];
  for (let offset = 0; offset < size && boxes.length < BOXES_MAX; offset += boxes.at(-1)!.sizeBytes) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BOX_HEADER_BYTES), 0, BOX_HEADER_BYTES, offset);
    const box = readBoxHeader(buffer.subarray(0, bytesRead), offset, size);
    if (!box) break;
    boxes.push(box);
  }
  return boxes;
}
