/** The type and place of each top-level box of an MP4 file. */
export interface Mp4Box {
  readonly type: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

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
