import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { inspectPicture, openPicture, PictureRefused, sniffPicture } from './picture.engine';

const flat = (format: 'png' | 'jpeg' | 'webp' | 'gif', width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background: '#3060c0' } })
    .toFormat(format)
    .toBuffer();
const noise = () => sharp(randomBytes(300 * 200 * 3), { raw: { width: 300, height: 200, channels: 3 } });
const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));

describe('a picture', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('is measured as %s', async (format) => {
    expect(await inspectPicture(await flat(format))).toEqual({ width: 64, height: 48 });
  });

  it('is turned upright before it is measured', async () => {
    const turned = await sharp(await flat('jpeg', 100, 50))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await inspectPicture(turned)).toEqual({ width: 50, height: 100 });
  });

  it.each([
    ['a text', async () => Buffer.from('hello'), /PNG, JPEG or WebP/],
    ['nothing', async () => Buffer.alloc(0), /PNG, JPEG or WebP/],
    ['a GIF', () => flat('gif'), /PNG, JPEG or WebP/],
    [
      'an SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /PNG, JPEG or WebP/,
    ],
    ['more than 10 MiB', async () => Buffer.alloc(10 * 1024 * 1024 + 1), /10 MiB/],
    ['a signature alone', async () => Buffer.from('89504e470d0a1a0a', 'hex'), /complete/],
    ['a cut PNG', async () => cut(await noise().png().toBuffer(), 0.98), /complete/],
    ['a cut JPEG', async () => cut(await noise().jpeg().toBuffer(), 0.9), /complete/],
    ['a cut WebP', async () => cut(await noise().webp().toBuffer(), 0.9), /complete/],
  ])('is not %s', async (_, bytes, message) => {
    await expect(inspectPicture(await bytes())).rejects.toThrow(PictureRefused);
    await expect(inspectPicture(await bytes())).rejects.toThrow(message);
  });

  it('of too many pixels is refused by its header, whatever follows it', async () => {
    const bomb = await flat('png', 12_000, 9_000);
    await expect(inspectPicture(bomb)).rejects.toThrow('at most 50 megapixels');
    await expect(inspectPicture(cut(bomb, 0.5))).rejects.toThrow('must have at most 50 megapixels');
  });

  it('of a large telephone is taken', async () => {
    expect(await inspectPicture(await flat('jpeg', 8_064, 6_048))).toEqual({ width: 8_064, height: 6_048 });
  });

  it('has white ground where it is transparent', async () => {
    const clear = await sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect([...(await openPicture(clear).removeAlpha().raw().toBuffer())]).toEqual(
      Array.from({ length: 48 }, () => 255),
    );
  });

  it('meets no other decoder', async () => {
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).png().toBuffer(),
    ).rejects.toThrow();
    await expect(
      sharp(await flat('gif'))
        .png()
        .toBuffer(),
    ).rejects.toThrow();
  });

  it.each([
    [Buffer.from('89504e470d0a1a0a0000', 'hex'), 'image/png'],
    [Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'],
    [Buffer.from('RIFF0000WEBPVP8 '), 'image/webp'],
    [Buffer.from('GIF89a'), undefined],
    [Buffer.from('<svg/>'), undefined],
    [Buffer.from('RIFF0000WAVE'), undefined],
    [Buffer.alloc(0), undefined],
  ])('is told by its first bytes: %s', (bytes, type) => expect(sniffPicture(bytes)).toBe(type));
});
