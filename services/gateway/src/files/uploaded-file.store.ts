import { buffer } from 'node:stream/consumers';
import { ArtifactMissing, type ArtifactStore, type PictureType, sniffPicture } from '@usvideo/artifacts';
import { decodeTime, ulid } from 'ulid';
import type { Caller } from '../identity/caller';
import { invalidRequest } from '../refusals/refusal';
import type { ArtifactDeletions } from './artifact-deletions.loop';
import { isFileId } from './first-frame';
import { type FirstFrameStore, uploadKeyOf } from './first-frame.store';

export interface UploadedFile {
  readonly id: string;
  readonly sizeBytes: number;
  readonly type: PictureType;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

type Owner = Pick<Caller, 'accountId' | 'environment'>;

export interface UploadedFilesOptions {
  readonly artifacts: ArtifactStore;
  readonly firstFrames: FirstFrameStore;
  readonly deletions: ArtifactDeletions;
  readonly keepMs: number;
}

/** As many as tell the formats apart. */
const SIGNATURE_BYTES = 12;
const PREFIX = 'file_';

/** Pictures that customers give ahead of their jobs. Each job gets a copy, so that the end of the file is not the end of its picture. */
export class UploadedFileStore {
  constructor(private readonly options: UploadedFilesOptions) {}

  /** @throws Refusal invalid_request for what does not decode, rate_limit_exceeded, queue_limit_exceeded for too many bytes */
  async put(owner: Owner, bytes: Buffer, field: string): Promise<UploadedFile> {
    const { firstFrames, keepMs } = this.options;
    await firstFrames.look(owner.accountId, { bytes }, field);
    const id = `${PREFIX}${ulid()}`;
    await firstFrames.upload(owner.accountId, nameOf(owner, id), bytes, keepMs);
    return this.fileOf(id, bytes.length, typeOf(bytes));
  }

  /** Undefined: never was, is somebody else's or of the other environment, was deleted, or its time is over. */
  async get(owner: Owner, id: string): Promise<UploadedFile | undefined> {
    const found = await this.found(owner, id);
    const beginning = found && (await this.read(found.key, { start: 0, end: SIGNATURE_BYTES - 1 }));
    return beginning && this.fileOf(id, found.sizeBytes, typeOf(beginning));
  }

  /** @throws Refusal invalid_request when there is no such file */
  async picture(owner: Owner, id: string, field: string): Promise<Buffer> {
    const bytes = this.isOver(id) ? undefined : await this.read(keyOf(owner, id));
    if (!bytes)
      throw invalidRequest([{ field, message: 'names no file of yours: it was deleted, or its time is over' }]);
    return bytes;
  }

  /** Whether there was such a file. */
  async delete(owner: Owner, id: string): Promise<boolean> {
    const found = await this.found(owner, id);
    if (found) await this.options.deletions.discard([found.key]);
    return found !== undefined;
  }

  private async found(
    owner: Owner,
    id: string,
  ): Promise<{ readonly key: string; readonly sizeBytes: number } | undefined> {
    if (!isFileId(id) || this.isOver(id)) return undefined;
    const key = keyOf(owner, id);
    const stat = await this.options.artifacts.stat(key);
    return stat && { key, ...stat };
  }

  private async read(key: string, range?: { start: number; end: number }): Promise<Buffer | undefined> {
    try {
      return await buffer(this.options.artifacts.read(key, range));
    } catch (error) {
      if (error instanceof ArtifactMissing) return undefined;
      throw error;
    }
  }

  /** To the second, however soon whoever deletes it comes by. */
  private isOver(id: string): boolean {
    return new Date() >= this.timesOf(id).expiresAt;
  }

  private timesOf(id: string): Pick<UploadedFile, 'createdAt' | 'expiresAt'> {
    const createdMs = decodeTime(id.slice(PREFIX.length));
    return { createdAt: new Date(createdMs), expiresAt: new Date(createdMs + this.options.keepMs) };
  }

  private fileOf(id: string, sizeBytes: number, type: PictureType): UploadedFile {
    return { id, sizeBytes, type, ...this.timesOf(id) };
  }
}

function nameOf({ environment }: Owner, id: string): string {
  return `${environment}-${id}`;
}

function keyOf(owner: Owner, id: string): string {
  return uploadKeyOf(owner.accountId, nameOf(owner, id));
}

function typeOf(bytes: Buffer): PictureType {
  const type = sniffPicture(bytes);
  if (type === undefined) throw new Error('an uploaded file is not the picture that was put there');
  return type;
}
