const PACKET_BYTES = 188;
const SYNC = 0x47;

/**
 * Counts the pictures in an MPEG transport stream as it passes (ISO/IEC 13818-1): the muxer puts each encoded picture into a
 * PES packet of its own and marks the transport packet in which that begins. Counting them is counting what the encoder has
 * finished, not what it was given.
 */
export class PictureCounter {
  private rest: Buffer = Buffer.alloc(0);
  private counted = 0;

  constructor(private readonly videoPid: number) {}

  get pictures(): number {
    return this.counted;
  }

  push(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let offset = 0;
    for (; offset + PACKET_BYTES <= bytes.length; offset += PACKET_BYTES) {
      if (bytes[offset] !== SYNC) throw new Error('the encoder wrote no transport stream');
      const header = bytes.readUInt16BE(offset + 1);
      const startsUnit = (header & 0x4000) !== 0;
      if (startsUnit && (header & 0x1fff) === this.videoPid) this.counted++;
    }
    this.rest = bytes.subarray(offset);
  }
}
