import { FIRST_FRAME_BYTES_MAX, FIRST_FRAME_CHARACTERS_MAX, nearestAspectRatio, readDataUri, sniffImage } from './first-frame';

const png = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('a first frame', () => {
  it.each([
    [png, 'image/png'], [Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'], [Buffer.from('RIFF0000WEBPVP8 '), 'image/webp'],
    [Buffer.from('GIF89a'), undefined], [Buffer.from('<svg/>'), undefined], [Buffer.from('RIFF0000WAVE'), undefined], [Buffer.alloc(0), undefined],
  ])('is known by its first bytes (%#)', (bytes, type) => expect(sniffImage(bytes)).toBe(type));

  it('is what its bytes are, not what its URI claims', () => {
    expect(readDataUri(`data:image/jpeg;charset=utf-8;base64,${png.toString('base64')}`, 'first_frame')).toEqual({ bytes: png, type: 'image/png' });
  });

  it('may have 10 MiB and not a byte more', () => {
    const uri = (bytes: number) => `data:image/png;base64,${Buffer.concat([png, Buffer.alloc(bytes - png.length)]).toString('base64')}`;
    expect(uri(FIRST_FRAME_BYTES_MAX).length).toBeLessThanOrEqual(FIRST_FRAME_CHARACTERS_MAX);
    expect(readDataUri(uri(FIRST_FRAME_BYTES_MAX), 'f').bytes).toHaveLength(FIRST_FRAME_BYTES_MAX);
    expect(() => readDataUri(uri(FIRST_FRAME_BYTES_MAX + 1), 'f')).toThrow(/at most 10 MiB/);
  });

  it.each([[1920, 1080, '16:9'], [1000, 1000, '1:1'], [1080, 1920, '9:16'], [4, 3, '1:1'], [4, 5, '1:1'], [3, 2, '16:9'], [5000, 100, '16:9']])(
    'of %d x %d is nearest to %s', (width, height, ratio) => expect(nearestAspectRatio(width, height)).toBe(ratio),
  );
});
