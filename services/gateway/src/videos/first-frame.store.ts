import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@usvideo/artifacts';
import sharp from 'sharp';
import { type DataUri, nearestAspectRatio } from './first-frame';
import { invalidRequest, serviceUnavailable } from '../refusals/refusal';

/** Four times 4K; a small file that unfolds into more is an attack and not a picture. */
const PIXELS_MAX = 40_000_000;
const DECODING_MAX = 2;
const WAITING_MAX = 64;

export interface StoredFirstFrame {
  readonly key: string;
  /** As the job object shows it: `sha256:<hex>`. */
  readonly reference: string;
  readonly aspectRatio: string;
}

/** Uploaded first frames: decoded whole once, so that a broken one is refused now and not in the engine, then stored by content. */
export class FirstFrameStore {
  private decoding = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly artifacts: ArtifactStore) {}

  /** @throws Refusal invalid_request for what does not decode, service_unavailable when too many wait. */
  async put(image: DataUri, field: string): Promise<StoredFirstFrame> {
    return this.store(image, await this.inTurn(() => decode(image, field)));
  }

  /** @throws Refusal as `put` does */
  async check(image: DataUri, field: string): Promise<void> {
    await this.inTurn(() => decode(image, field));
  }

  /** One that is read from elsewhere first: no more of them at once than are decoded. @throws whatever `read` throws, and as `put` does */
  putFrom(read: () => Promise<DataUri>, field: string): Promise<StoredFirstFrame> {
    return this.inTurn(async () => {
      const image = await read();
      return this.store(image, await decode(image, field));
    });
  }

  private async store({ bytes }: DataUri, { width, height }: { width: number; height: number }): Promise<StoredFirstFrame> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await this.artifacts.put(`inputs/${hash}`, bytes);
    return { key: `inputs/${hash}`, reference: `sha256:${hash}`, aspectRatio: nearestAspectRatio(width, height) };
  }

  /** A finished decode hands its turn to the one that waits longest. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= WAITING_MAX) throw serviceUnavailable();
    if (this.decoding < DECODING_MAX) this.decoding++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.decoding--;
    }
  }
}

async function decode(image: DataUri, field: string): Promise<{ width: number; height: number }> {
  try {
    const picture = sharp(image.bytes, { failOn: 'error', limitInputPixels: PIXELS_MAX, sequentialRead: true });
    const { autoOrient } = await picture.metadata();
    await picture.stats();
    return autoOrient;
  } catch {
    // The decoder's own words name libraries and are of no use to a customer.
    throw invalidRequest([{ field, message: 'is not a complete image of at most 40 megapixels' }]);
  }
}
