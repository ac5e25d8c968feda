import { isFastStart, readBoxHeader, readVideoFacts } from './mp4';

const header = (size: number, type: string, long?: bigint) => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
  if (long !== undefined) bytes.writeBigUInt64BE(long, 8);
  return bytes;
};
const box = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([header(body.length + 8, type).subarray(0, 8), body]);
};
const numbers = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
};
const sampleEntry = () => {
  const fields = Buffer.alloc(78);
  fields.writeUInt16BE(854, 24);
  fields.writeUInt16BE(480, 26);
  return box('avc1', fields, box('avcC', Buffer.from([1, 100, 0, 31])));
};
const SHORT_TIMES = numbers(0, 0, 0, 24_000, 120_000, 0);
/** Version 1: two times of 64 bits, the scale, a length of 64 bits. */
const LONG_TIMES = numbers(0x01_00_00_00, 0, 0, 0, 0, 24_000, 0, 120_000, 0);
const track = (handler: string, times = SHORT_TIMES) =>
  box(
    'trak',
    box(
      'mdia',
      box('mdhd', times),
      box('hdlr', numbers(0, 0), Buffer.from(handler), numbers(0, 0, 0)),
      box('minf', box('stbl', box('stsd', numbers(0, 1), sampleEntry()), box('stsz', numbers(0, 0, 120)))),
    ),
  );
const place = (type: string) => ({ type, offset: 0, sizeBytes: 8 });

describe('MP4', () => {
  it('reads short, long and open-ended sizes', () => {
    expect(readBoxHeader(header(32, 'ftyp'), 0, 100)).toEqual({ type: 'ftyp', offset: 0, sizeBytes: 32 });
    expect(readBoxHeader(header(1, 'mdat', 5_000_000_000n), 32, 6_000_000_000)).toMatchObject({
      sizeBytes: 5_000_000_000,
    });
    expect(readBoxHeader(header(0, 'mdat'), 32, 100)).toMatchObject({ sizeBytes: 68 });
  });

  it('refuses what is no header', () => {
    expect(readBoxHeader(Buffer.alloc(4), 0, 4)).toBeUndefined();
    expect(readBoxHeader(header(3, 'ftyp'), 0, 100)).toBeUndefined();
  });

  it('wants the index before the media', () => {
    expect(isFastStart(['ftyp', 'moov', 'free', 'mdat'].map(place))).toBe(true);
    expect(isFastStart(['ftyp', 'mdat', 'moov'].map(place))).toBe(false);
    expect(isFastStart(['ftyp', 'mdat'].map(place))).toBe(false);
  });

  it('reads the facts of the video track, wherever it stands', () => {
    expect(readVideoFacts(box('moov', box('mvhd'), track('soun'), track('vide')))).toEqual({
      codec: 'avc1',
      profile: 100,
      width: 854,
      height: 480,
      frames: 120,
      durationMs: 5_000,
      hasSquarePixels: true,
      audioCodec: 'avc1',
    });
    expect(readVideoFacts(box('moov', track('vide'))).audioCodec).toBeUndefined();
  });

  it('reads times of 64 bits, too', () => {
    expect(readVideoFacts(box('moov', track('vide', LONG_TIMES)))).toMatchObject({ frames: 120, durationMs: 5_000 });
  });

  it('refuses a damaged index', () => {
    expect(() => readVideoFacts(box('moov', track('soun')))).toThrow('no video track');
    const damaged = box('moov', track('vide'));
    damaged.writeUInt32BE(9_999, 8);
    expect(() => readVideoFacts(damaged)).toThrow('moov is damaged');
  });
});
