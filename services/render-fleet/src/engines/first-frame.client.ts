import { buffer } from 'node:stream/consumers';
import {
  ArtifactMissing,
  type ArtifactStore,
  inspectPicture,
  openPicture,
  PICTURE_BYTES_MAX,
  PictureRefused,
} from '@usvideo/artifacts';
import type { Content } from '@usvideo/contracts/scheduler';
import { type GuardedHttpClient, OutboundError, type OutboundErrorKind, type OutboundResponse } from '@usvideo/runtime';
import { type AttemptFailure, firstFrameInvalid, firstFrameUnreachable } from '../conform/attempt-failure';
import type { Size } from '../conform/contract-pixels';
import type { FirstFrame } from './engine';
import { yuvOfRgb } from '../picture/yuv';

const FETCH_TIMEOUT_MS = 15_000;

const FAILURES = {
  url_forbidden: () => firstFrameUnreachable('the first frame lies at an address that is not allowed'),
  timeout: () => firstFrameUnreachable(`the first frame did not arrive within ${FETCH_TIMEOUT_MS / 1_000} seconds`),
  connection_failed: () => firstFrameUnreachable('the server of the first frame could not be reached'),
  too_large: () => firstFrameInvalid('the first frame is larger than 10 MiB'),
} satisfies Record<OutboundErrorKind, () => AttemptFailure>;

/** Gets the image a job begins with, from a customer's server or from what was uploaded. */
export class FirstFrames {
  constructor(
    private readonly http: GuardedHttpClient,
    private readonly store: ArtifactStore,
  ) {}

  /** Undefined when the job has none. @throws AttemptFailure first_frame_unreachable or first_frame_invalid. */
  async open({ firstFrame, firstFrameKey }: Content): Promise<FirstFrame | undefined> {
    if (firstFrameKey) return decodeFirstFrame(await this.uploaded(firstFrameKey));
    return firstFrame ? decodeFirstFrame(await this.fetched(firstFrame)) : undefined;
  }

  private async uploaded(key: string): Promise<Buffer> {
    try {
      return await buffer(this.store.read(key));
    } catch (error) {
      if (error instanceof ArtifactMissing) throw firstFrameUnreachable('the uploaded first frame is no longer kept');
      throw error;
    }
  }

  private async fetched(url: string): Promise<Buffer> {
    const { status, body } = await this.request(url);
    if (status >= 300 && status < 400)
      throw firstFrameUnreachable('the server of the first frame redirects, which is not followed');
    if (status !== 200) throw firstFrameUnreachable(`the server of the first frame answered ${status}`);
    return body;
  }

  private async request(url: string): Promise<OutboundResponse> {
    try {
      return await this.http.request({
        method: 'GET',
        url,
        headers: { accept: 'image/png, image/jpeg, image/webp' },
        timeoutMs: FETCH_TIMEOUT_MS,
        responseBytesMax: PICTURE_BYTES_MAX,
        overflow: 'refuse',
      });
    } catch (error) {
      throw error instanceof OutboundError ? FAILURES[error.kind]() : error;
    }
  }
}

/** Looks at the whole image once, so that a truncated one is found before rendering starts. */
export async function decodeFirstFrame(bytes: Buffer): Promise<FirstFrame> {
  const { width, height } = await refuseInvalid(() => inspectPicture(bytes));
  return {
    width,
    height,
    cropTo: (size) => refuseInvalid(() => cropped(bytes, size)),
    pngOf: (size) => refuseInvalid(() => croppedPng(bytes, size)),
  };
}

async function cropped(bytes: Buffer, size: Size): Promise<Uint8Array> {
  return yuvOfRgb(await croppedRgb(bytes, size).raw().toBuffer(), size);
}

async function croppedPng(bytes: Buffer, size: Size): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await croppedRgb(bytes, size).png().toBuffer());
}

function croppedRgb(bytes: Buffer, { width, height }: Size): ReturnType<typeof openPicture> {
  return openPicture(bytes)
    .resize(width, height, { fit: 'cover', position: 'centre' })
    .toColourspace('srgb')
    .removeAlpha();
}

async function refuseInvalid<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw firstFrameInvalid(
      `the first frame ${error instanceof PictureRefused ? error.message : 'could not be decoded'}`,
      error,
    );
  }
}
