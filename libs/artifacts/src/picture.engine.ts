import sharp from 'sharp';

/** What a first frame may be, wherever it comes from: inline or by URL, looked at by the gateway and again by the worker. */
export const PICTURE_BYTES_MAX = 10 * 1024 * 1024;
export const PICTURE_MEGAPIXELS_MAX = 50;
const PIXELS_MAX = PICTURE_MEGAPIXELS_MAX * 1_000_000;
/** A decode of the largest picture takes a fraction of this. */
const DECODE_SECONDS_MAX = 10;

// No other decoder can be reached, whatever the bytes are.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'] });

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The bytes are no picture that is taken; the message says why, for the one who sent it. */
export class PictureRefused extends Error {
  override readonly name = 'PictureRefused';
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The three formats by their first bytes; nothing else ever reaches a decoder. */
export function sniffPicture(bytes: Buffer): PictureType | undefined {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return 'image/png';
  if (bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isWebp ? 'image/webp' : undefined;
}

/**
 * The size of a picture as it is seen, turned upright. Its format is told from its first bytes and its size from its header; only
 * then is it decoded whole, once, to find what is cut off. @throws PictureRefused
 */
export async function inspectPicture(bytes: Buffer): Promise<PictureSize> {
  if (bytes.length > PICTURE_BYTES_MAX) throw new PictureRefused('must be at most 10 MiB');
  if (!sniffPicture(bytes)) throw new PictureRefused('must be a PNG, JPEG or WebP image');
  const { width, height } = await readable(() =>
    sharp(bytes)
      .metadata()
      .then(({ autoOrient }) => autoOrient),
  );
  if (width * height > PIXELS_MAX) throw new PictureRefused(`must have at most ${PICTURE_MEGAPIXELS_MAX} megapixels`);
  await readable(() => openPicture(bytes).resize(16, 16, { fit: 'fill' }).raw().toBuffer());
  return { width, height };
}

/** Upright pixels on white ground, as browsers and viewers show a transparent picture. Of an animation, its first picture. */
export function openPicture(bytes: Buffer): sharp.Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: PIXELS_MAX, sequentialRead: true })
    .timeout({ seconds: DECODE_SECONDS_MAX })
    .autoOrient()
    .flatten({ background: '#ffffff' });
}

async function readable<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    // The decoder's own words name libraries and are of no use to a customer.
    throw new PictureRefused(
      `is not a complete PNG, JPEG or WebP image of at most ${PICTURE_MEGAPIXELS_MAX} megapixels`,
      { cause: error },
    );
  }
}
