import type { Size } from './contract-pixels';

/** The type and place of a top-level box of an MP4 file. */
export interface Mp4Box {
  readonly type: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface VideoFacts extends Size {
  /** The sample entry's type: `avc1` is H.264. */
  readonly codec: string;
  /** H.264 only, else 0. */
  readonly profile: number;
  readonly frames: number;
  readonly durationMs: number;
  /** A pixel is as wide as it is high. */
  readonly hasSquarePixels: boolean;
  /** The sample entry's type of the first audio track: `mp4a` is AAC; undefined: there is none. */
  readonly audioCodec: string | undefined;
}

/** The longest header: a 64-bit size follows the type. */
export const BOX_HEADER_BYTES = 16;

/**
 * Reads one box header (ISO/IEC 14496-12, 4.2): 32-bit size and type, a size of 1 meaning that 64 bits follow, 0 that the box
 * reaches to the end of the file. Undefined when the bytes are no header.
 */
export function readBoxHeader(bytes: Buffer, offset: number, fileBytes: number): Mp4Box | undefined {
  if (bytes.length < 8) return undefined;
  const type = bytes.toString('latin1', 4, 8);
  const short = bytes.readUInt32BE(0);
  if (short === 1 && bytes.length < BOX_HEADER_BYTES) return undefined;
  const sizeBytes = short === 0 ? fileBytes - offset : short === 1 ? Number(bytes.readBigUInt64BE(8)) : short;
  return sizeBytes >= 8 ? { type, offset, sizeBytes } : undefined;
}

/** A player may start before the whole file has arrived: the index lies before the media. */
export function isFastStart(boxes: readonly Mp4Box[]): boolean {
  const moov = boxes.findIndex((box) => box.type === 'moov');
  const mdat = boxes.findIndex((box) => box.type === 'mdat');
  return moov >= 0 && mdat > moov;
}

/** What the index says of the one video track. @throws RangeError when it is damaged or has no such track. */
export function readVideoFacts(moov: Buffer): VideoFacts {
  const tracks = childrenOf(moov, 'moov').filter((box) => box.type === 'trak');
  const track = tracks.find((box) => handlerOf(box.bytes) === 'vide');
  if (!track) throw new RangeError('the file has no video track');
  const times = find(track.bytes, 'trak', 'mdia', 'mdhd');
  // Version 1 has 64-bit times before the scale.
  const [scale, duration] =
    times.readUInt8(8) === 1
      ? [times.readUInt32BE(28), Number(times.readBigUInt64BE(32))]
      : [times.readUInt32BE(20), times.readUInt32BE(24)];
  const entry = sampleEntryOf(track.bytes);
  const audio = tracks.find((box) => handlerOf(box.bytes) === 'soun');
  const codec = entry.toString('latin1', 4, 8);
  return {
    codec,
    profile: codec === 'avc1' ? profileOf(entry) : 0,
    width: entry.readUInt16BE(32),
    height: entry.readUInt16BE(34),
    frames: find(track.bytes, 'trak', 'mdia', 'minf', 'stbl', 'stsz').readUInt32BE(16),
    durationMs: Math.round((duration * 1_000) / scale),
    hasSquarePixels: hasSquarePixels(entry, codec),
    audioCodec: audio && sampleEntryOf(audio.bytes).toString('latin1', 4, 8),
  };
}

interface Child {
  readonly type: string;
  readonly bytes: Buffer;
}

function childrenOf(box: Buffer, type: string, headerBytes = 8): Child[] {
  const children: Child[] = [];
  for (let offset = headerBytes; offset + 8 <= box.length;) {
    const header = readBoxHeader(box.subarray(offset, offset + BOX_HEADER_BYTES), offset, box.length);
    if (!header || offset + header.sizeBytes > box.length) throw new RangeError(`the box ${type} is damaged`);
    children.push({ type: header.type, bytes: box.subarray(offset, offset + header.sizeBytes) });
    offset += header.sizeBytes;
  }
  return children;
}

function find(box: Buffer, ...[type, ...path]: [string, ...string[]]): Buffer {
  if (path.length === 0) return box;
  const child = childrenOf(box, type).find((candidate) => candidate.type === path[0]);
  if (!child) throw new RangeError(`the box ${type} has no ${path[0]}`);
  return find(child.bytes, ...(path as [string, ...string[]]));
}

function handlerOf(track: Buffer): string {
  return find(track, 'trak', 'mdia', 'hdlr').toString('latin1', 16, 20);
}

/** The first one, past the header of the list. */
function sampleEntryOf(track: Buffer): Buffer {
  return find(track, 'trak', 'mdia', 'minf', 'stbl', 'stsd').subarray(16);
}

/** PixelAspectRatioBox (ISO/IEC 14496-12, 12.1.4); without it pixels are square. */
function hasSquarePixels(entry: Buffer, codec: string): boolean {
  const ratio = codec === 'avc1' ? childrenOf(entry, codec, 86).find((box) => box.type === 'pasp')?.bytes : undefined;
  return ratio === undefined || ratio.readUInt32BE(8) === ratio.readUInt32BE(12);
}

/** AVCProfileIndication, the second byte of the decoder's configuration (ISO/IEC 14496-15, 5.3.3). */
function profileOf(entry: Buffer): number {
  const configuration = childrenOf(entry, 'avc1', 86).find((box) => box.type === 'avcC');
  if (!configuration) throw new RangeError('the box avc1 has no avcC');
  return configuration.bytes.readUInt8(9);
}
