import type { Readable } from 'node:stream';

/** Both ends are part of the range, as in an HTTP `Range` header. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How a file is served that its store gives out itself. */
export interface DirectLink {
  /** Whose second the validity is counted from. */
  readonly signedAt: Date;
  readonly validForSeconds: number;
  readonly contentType: string;
  readonly contentDisposition: string;
  readonly cacheControl: string;
}

/**
 * Where files live that customers get or give. Every implementation passes `describeArtifactStore`.
 * A key is seen by readers only once all of its bytes are there. Each method fails with ArtifactStoreAway while the store cannot
 * be used; it may be asked again.
 */
export interface ArtifactStore {
  /** Stores the file at a path, or the bytes given. An existing key is replaced as a whole. @throws InvalidArtifactKey */
  put(key: string, source: string | Buffer): Promise<void>;
  /** Undefined when there is no such artifact. */
  stat(key: string): Promise<{ readonly sizeBytes: number } | undefined>;
  /** The stream fails with ArtifactMissing when there is no such artifact. */
  read(key: string, range?: ByteRange): Readable;
  /** Deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  /** The bytes of all artifacts right under a folder; 0 when there is none. */
  sizeOf(folder: string): Promise<number>;
  /** Deletes what was last put this long ago; answers how many artifacts that were. */
  sweep(olderThanMs: number): Promise<number>;
  /** A link under which anybody gets the artifact from the store itself, for so long; undefined where the store serves nobody. */
  linkTo(key: string, link: DirectLink): Promise<string | undefined>;
}

export class ArtifactMissing extends Error {
  override readonly name = 'ArtifactMissing';
}

/** The store, not the artifact, is what is missing. The cause is for the log. */
export class ArtifactStoreAway extends Error {
  override readonly name = 'ArtifactStoreAway';
}

export class InvalidArtifactKey extends Error {
  override readonly name = 'InvalidArtifactKey';
}

const KEY_LENGTH_MAX = 512;
/** No segment starts with a dot, so that no key climbs out of its root or meets the store's own hidden folders. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** @throws InvalidArtifactKey naming no part of the key: it may come from a stranger's link. */
export function assertArtifactKey(key: string): void {
  if (key.length > KEY_LENGTH_MAX || !KEY.test(key))
    throw new InvalidArtifactKey('the artifact key is not well formed');
}
