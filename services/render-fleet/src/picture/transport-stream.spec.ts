import { PictureCounter } from './transport-stream';

const packet = (pid: number, startsUnit: boolean) => {
  const bytes = Buffer.alloc(188, 0xff);
  bytes[0] = 0x47;
  bytes.writeUInt16BE((startsUnit ? 0x4000 : 0) | pid, 1);
  return bytes;
};

describe('picture counter', () => {
  const stream = Buffer.concat([
    packet(0, true),
    packet(0x100, true),
    packet(0x100, false),
    packet(0x100, true),
    packet(0x11, true),
    packet(0x100, true),
  ]);

  it.each([1, 7, 187, 188, 189, 5_000])('counts starts of the video in chunks of %i bytes', (size) => {
    const counter = new PictureCounter(0x100);
    for (let offset = 0; offset < stream.length; offset += size) counter.push(stream.subarray(offset, offset + size));
    expect(counter.pictures).toBe(3);
  });

  it('refuses what is no transport stream', () => {
    expect(() => new PictureCounter(0x100).push(Buffer.alloc(188))).toThrow('no transport stream');
  });
});
