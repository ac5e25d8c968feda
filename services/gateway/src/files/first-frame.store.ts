import { createHash, randomUUID } from 'node:crypto';
import { type ArtifactStore, inspectPicture, PictureRefused, type PictureSize } from '@usvideo/artifacts';
import { Refusal, invalidRequest, serviceUnavailable } from '../refusals/refusal';
import type { ArtifactDeletions } from './artifact-deletions.loop';
import { FairTurns } from './fair-turns';
import { type DataUri, nearestAspectRatio } from './first-frame';

const TURNS = { atOnceMax: 2, waitingMax: 64, waitingPerOwnerMax: 16 };
const RETRY_MS = 1_000;
const LOOKED_THROUGH_EVERY_MS = 30_000;
const FOLDERS_MAX = 10_000;

interface KeptBytes {
  bytes: number;
  readonly atMs: number;
}

export interface SeenFirstFrame {
  readonly bytes: Buffer;
  readonly aspectRatio: string;
}

export interface StoredFirstFrame {
  readonly key: string;
  readonly aspectRatio: string;
  /** As the job object shows it: `sha256:<hex>`. */
  readonly reference: string;
}

/** Uploaded first frames: decoded whole once, so that a broken one is refused now and not in the engine, then stored for one order. */
export class FirstFrameStore {
  private readonly turns = new FairTurns(TURNS);
  private readonly kept = new Map<string, KeptBytes>();

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly accountBytesMax: number,
    private readonly deletions: ArtifactDeletions,
  ) {}

  /** @throws Refusal invalid_request for what does not decode, rate_limit_exceeded when the account's own wait in numbers. */
  async look(accountId: string, image: DataUri, field: string): Promise<SeenFirstFrame> {
    const { width, height } = await this.inTurn(accountId, () => inspect(image.bytes, field));
    return { bytes: image.bytes, aspectRatio: nearestAspectRatio(width, height) };
  }

  /** Each order has a file of its own, so that deleting one never takes the picture of another. @throws Refusal queue_limit_exceeded */
  async put(accountId: string, { bytes, aspectRatio }: SeenFirstFrame): Promise<StoredFirstFrame> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const key = `${folderOf(accountId)}/${hash}-${randomUUID()}`;
    await this.count(accountId, bytes.length);
    await this.deletions.announce(key);
    await this.artifacts.put(key, bytes);
    return { key, aspectRatio, reference: `sha256:${hash}` };
  }

  /** One that lies elsewhere: no more of them are in memory at once than are decoded. @throws Refusal as `look` and `put` do, and what `read` throws */
  async putFrom(accountId: string, read: () => Promise<Buffer>, field: string): Promise<StoredFirstFrame> {
    return this.inTurn(accountId, async () => {
      const bytes = await read();
      const { width, height } = await inspect(bytes, field);
      return this.put(accountId, { bytes, aspectRatio: nearestAspectRatio(width, height) });
    });
  }

  /** One that is there ahead of its jobs, for so long. @throws Refusal queue_limit_exceeded */
  async upload(accountId: string, name: string, bytes: Buffer, keepMs: number): Promise<void> {
    const key = uploadKeyOf(accountId, name);
    await this.count(accountId, bytes.length);
    await this.deletions.announceUpload(key, accountId, keepMs);
    await this.artifacts.put(key, bytes);
  }

  /** Of an order that made no job. */
  async discard({ key }: StoredFirstFrame): Promise<void> {
    await this.deletions.discard([key]);
  }

  private async count(accountId: string, bytes: number): Promise<void> {
    const kept = await this.keptIn(folderOf(accountId));
    if (kept.bytes + bytes > this.accountBytesMax) {
      throw new Refusal(
        'queue_limit_exceeded',
        'Your account keeps as many bytes of first frames as it may. Delete files, erase the content of ended videos, or send first_frame as a URL.',
        { retryAfterMs: RETRY_MS },
      );
    }
    kept.bytes += bytes;
  }

  /** Looking through a folder takes longer the more lies in it, so it is done now and then, and what is stored here is added meanwhile. */
  private async keptIn(folder: string): Promise<KeptBytes> {
    const known = this.kept.get(folder);
    if (known && performance.now() - known.atMs < LOOKED_THROUGH_EVERY_MS) return known;
    const found = { bytes: await this.artifacts.sizeOf(folder), atMs: performance.now() };
    this.kept.delete(folder);
    this.kept.set(folder, found);
    if (this.kept.size > FOLDERS_MAX) this.kept.delete(this.kept.keys().next().value!);
    return found;
  }

  private async inTurn<T>(owner: string, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve, reject) => {
      const refused = this.turns.ask(owner, resolve);
      if (refused === 'owner_waits_too_much')
        reject(
          new Refusal(
            'rate_limit_exceeded',
            'Too many first frames of your account are being read at this moment. Send fewer at once.',
            { retryAfterMs: RETRY_MS },
          ),
        );
      else if (refused) reject(serviceUnavailable());
    });
    try {
      return await work();
    } finally {
      this.turns.done(owner);
    }
  }
}

function folderOf(accountId: string): string {
  return `inputs/${accountId}`;
}

/** The key holds the owner, so that nobody else's name leads anywhere. */
export function uploadKeyOf(accountId: string, name: string): string {
  return `${folderOf(accountId)}/${name}`;
}

async function inspect(bytes: Buffer, field: string): Promise<PictureSize> {
  try {
    return await inspectPicture(bytes);
  } catch (error) {
    throw error instanceof PictureRefused ? invalidRequest([{ field, message: error.message }]) : error;
  }
}
