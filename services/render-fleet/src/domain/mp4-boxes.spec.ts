import { isFastStart, readBoxHeader } from './mp4-boxes';

const header = (size: number, type: string, long?: bigint) => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
  if (long !== undefined) bytes.writeBigUInt64BE(long, 8);
  return bytes;
};
const box = (type: string) => ({ type, offset: 0, sizeBytes: 8 });

describe('MP4 boxes', () => {
  it('reads short, long and open-ended sizes', () => {
    expect(readBoxHeader(header(32, 'ftyp'), 0, 100)).toEqual({ type: 'ftyp', offset: 0, sizeBytes: 32 });
    expect(readBoxHeader(header(1, 'mdat', 5_000_000_000n), 32, 6_000_000_000)).toMatchObject({ sizeBytes: 5_000_000_000 });
    expect(readBoxHeader(header(0, 'mdat'), 32, 100)).toMatchObject({ sizeBytes: 68 });
  });

  it('refuses what is no header', () => {
    expect(readBoxHeader(Buffer.alloc(4), 0, 4)).toBeUndefined();
    expect(readBoxHeader(header(3, 'ftyp'), 0, 100)).toBeUndefined();
  });

  it('wants the index before the media', () => {
    expect(isFastStart([box('ftyp'), box('moov'), box('free'), box('mdat')])).toBe(true);
    expect(isFastStart([box('ftyp'), box('mdat'), box('moov')])).toBe(false);
    expect(isFastStart([box('ftyp'), box('mdat')])).toBe(false);
  });
});
