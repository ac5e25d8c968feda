import { buffer } from 'node:stream/consumers';
import { ArtifactMissing, type ArtifactStore } from '@usvideo/artifacts';
import { decodeTime, ulid } from 'ulid';
import type { Caller } from '../access/caller';
import { type DataUri, type ImageType, isFileId, sniffImage } from './first-frame';

export interface UploadedFile {
  readonly id: string;
  readonly sizeBytes: number;
  readonly type: ImageType;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

type Owner = Pick<Caller, 'accountId' | 'environment'>;

/** As many as tell the formats apart. */
const SIGNATURE_BYTES = 12;

/** Pictures that customers give ahead of their jobs. The key holds the owner, so that nobody else's id leads anywhere. */
export class UploadedFileStore {
  constructor(private readonly artifacts: ArtifactStore, private readonly retentionMs: number) {}

  async put(owner: Owner, { bytes, type }: DataUri): Promise<UploadedFile> {
    const id = `file_${ulid()}`;
    await this.artifacts.put(keyOf(owner, id), bytes);
    return this.fileOf(id, bytes.length, type);
  }

  /** Undefined: never was, is somebody else's, was deleted, or its retention is over. */
  async get(owner: Owner, id: string): Promise<UploadedFile | undefined> {
    if (!isFileId(id)) return undefined;
    const key = keyOf(owner, id);
    const found = await this.artifacts.stat(key);
    if (!found) return undefined;
    const beginning = await this.read(key, { start: 0, end: SIGNATURE_BYTES - 1 });
    return beginning && this.fileOf(id, found.sizeBytes, typeOf(beginning));
  }

  async picture(owner: Owner, id: string): Promise<DataUri | undefined> {
    const bytes = isFileId(id) ? await this.read(keyOf(owner, id)) : undefined;
    return bytes && { bytes, type: typeOf(bytes) };
  }

  /** Whether there was such a file. */
  async delete(owner: Owner, id: string): Promise<boolean> {
    if (!isFileId(id) || !(await this.artifacts.stat(keyOf(owner, id)))) return false;
    await this.artifacts.delete(keyOf(owner, id));
    return true;
  }

  private async read(key: string, range?: { start: number; end: number }): Promise<Buffer | undefined> {
    try {
      return await buffer(this.artifacts.read(key, range));
    } catch (error) {
      if (error instanceof ArtifactMissing) return undefined;
      throw error;
    }
  }

  private fileOf(id: string, sizeBytes: number, type: ImageType): UploadedFile {
    const createdAt = new Date(decodeTime(id.slice('file_'.length)));
    return { id, sizeBytes, type, createdAt, expiresAt: new Date(createdAt.getTime() + this.retentionMs) };
  }
}

function keyOf({ accountId, environment }: Owner, id: string): string {
  return `files/${accountId}/${environment}/${id}`;
}

function typeOf(bytes: Buffer): ImageType {
  const type = sniffImage(bytes);
  if (type === undefined) throw new Error('an uploaded file is not the picture that was put there');
  return type;
}
