import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type _Object as StoredObject,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { environmentProxy, steadyMsOf } from '@usvideo/runtime';
import {
  ArtifactMissing,
  ArtifactStoreAway,
  type ArtifactStore,
  assertArtifactKey,
  type ByteRange,
  type DirectLink,
} from './artifact-store';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Unset: Amazon's own. */
  readonly endpoint?: string | undefined;
  /** How customers reach the bucket, where that differs from how we do. */
  readonly publicEndpoint?: string | undefined;
  /** `<endpoint>/<bucket>/<key>`, as servers of one's own mostly want it, instead of a name of its own for each bucket. */
  readonly pathStyle: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Without a byte in either direction. */
const SILENCE_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 64;
const TRIES = 3;
/** The most that one call of S3 lists and deletes. */
const PAGE = 1_000;

/**
 * A bucket of S3 or of a server that speaks like it. Credentials come by the SDK's own chain: variables, files, the identity of the
 * workload. They need s3:GetObject, s3:PutObject and s3:DeleteObject on the objects and s3:ListBucket on the bucket, without which a
 * missing object looks like a forbidden one.
 */
export class S3ArtifactStore implements ArtifactStore {
  private readonly client: S3Client;
  /** Signs what customers are sent to; it makes no calls. */
  private readonly signer: S3Client;

  constructor(private readonly settings: S3Settings) {
    this.client = clientOf(settings, settings.endpoint);
    this.signer = settings.publicEndpoint === undefined ? this.client : clientOf(settings, settings.publicEndpoint);
  }

  async put(key: string, source: string | Buffer): Promise<void> {
    assertArtifactKey(key);
    const { body, sizeBytes, sha256 } = await bodyOf(source);
    const command = new PutObjectCommand({
      ...this.object(key),
      Body: body,
      ContentLength: sizeBytes,
      ChecksumSHA256: sha256,
    });
    await this.client.send(command).catch(fail);
  }

  async stat(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    assertArtifactKey(key);
    try {
      const { ContentLength } = await this.client.send(new HeadObjectCommand(this.object(key)));
      return { sizeBytes: ContentLength ?? 0 };
    } catch (error) {
      if (statusOf(error) !== 404) throw away(error);
      // The answer to HEAD has no body to say whether the object is missing or the whole bucket.
      await this.client.send(new HeadBucketCommand({ Bucket: this.settings.bucket })).catch(fail);
      return undefined;
    }
  }

  read(key: string, range?: ByteRange): Readable {
    assertArtifactKey(key);
    return Readable.from(this.bytesOf(key, range), { objectMode: false });
  }

  async delete(key: string): Promise<void> {
    assertArtifactKey(key);
    await this.client.send(new DeleteObjectCommand(this.object(key))).catch(fail);
  }

  async sweep(olderThanMs: number): Promise<number> {
    let deleted = 0;
    for await (const page of this.pages()) {
      const old = page.flatMap(({ Key, LastModified }) =>
        Key !== undefined && LastModified !== undefined && performance.now() - steadyMsOf(LastModified) > olderThanMs
          ? [{ Key }]
          : [],
      );
      if (old.length > 0) await this.deleteAll(old);
      deleted += old.length;
    }
    return deleted;
  }

  async sizeOf(folder: string): Promise<number> {
    assertArtifactKey(folder);
    let bytes = 0;
    for await (const page of this.pages({ Prefix: `${folder}/`, Delimiter: '/' }))
      bytes += page.reduce((sum, { Size = 0 }) => sum + Size, 0);
    return bytes;
  }

  async linkTo(
    key: string,
    { signedAt, validForSeconds, contentType, contentDisposition, cacheControl }: DirectLink,
  ): Promise<string> {
    assertArtifactKey(key);
    const command = new GetObjectCommand({
      ...this.object(key),
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition,
      ResponseCacheControl: cacheControl,
    });
    return getSignedUrl(this.signer, command, { signingDate: signedAt, expiresIn: validForSeconds }).catch(fail);
  }

  private object(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: key };
  }

  private async *pages(
    within: { readonly Prefix?: string; readonly Delimiter?: string } = {},
  ): AsyncGenerator<readonly StoredObject[]> {
    let after: string | undefined;
    do {
      const page = await this.client
        .send(
          new ListObjectsV2Command({
            Bucket: this.settings.bucket,
            MaxKeys: PAGE,
            ContinuationToken: after,
            ...within,
          }),
        )
        .catch(fail);
      yield page.Contents ?? [];
      after = page.NextContinuationToken;
    } while (after !== undefined);
  }

  private async deleteAll(objects: readonly { readonly Key: string }[]): Promise<void> {
    const { Errors = [] } = await this.client
      .send(new DeleteObjectsCommand({ Bucket: this.settings.bucket, Delete: { Objects: [...objects], Quiet: true } }))
      .catch(fail);
    if (Errors.length > 0)
      throw away(new Error(`${Errors.length} objects were not deleted; the first: ${Errors[0]?.Code}`));
  }

  private async *bytesOf(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({ ...this.object(key), ...(range && { Range: `bytes=${range.start}-${range.end}` }) }),
      );
      if (Body !== undefined) yield* Body as Readable;
    } catch (error) {
      throw nameOf(error) === 'NoSuchKey' ? new ArtifactMissing('there is no such artifact') : away(error);
    }
  }
}

function clientOf({ region, pathStyle }: S3Settings, endpoint: string | undefined): S3Client {
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: TRIES,
    // What servers of one's own do not know is not asked of them; the digest of each file is given with it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
      httpAgent: { maxSockets: CONNECTIONS_MAX, ...environmentProxy() },
      httpsAgent: { maxSockets: CONNECTIONS_MAX, ...environmentProxy() },
    },
  });
}

interface Body {
  readonly body: Readable | Buffer;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A file is read twice, so that the store can refuse what does not arrive as it was. */
async function bodyOf(source: string | Buffer): Promise<Body> {
  const hash = createHash('sha256');
  if (typeof source !== 'string')
    return { body: source, sizeBytes: source.length, sha256: hash.update(source).digest('base64') };
  await pipeline(createReadStream(source), hash);
  const { size } = await stat(source);
  return { body: createReadStream(source), sizeBytes: size, sha256: hash.digest('base64') };
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

function nameOf(error: unknown): string | undefined {
  return (error as Error | null)?.name;
}

/** A bucket that is not there, forbidden or not reached, as the store's users know it. */
function away(cause: unknown): ArtifactStoreAway {
  return new ArtifactStoreAway('the artifact store cannot be used', { cause });
}

function fail(error: unknown): never {
  throw away(error);
}
