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

/** Cut what is over, or leave black bars. */
type Fit = 'crop' | 'pad';

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
  async open({ firstFrame, firstFrameKey, firstFrameFit }: Content): Promise<FirstFrame | undefined> {
    const fit = firstFrameFit === 'pad' ? 'pad' : 'crop';
    if (firstFrameKey) return decodeFirstFrame(await this.uploaded(firstFrameKey), fit);
    return firstFrame ? decodeFirstFrame(await this.fetched(firstFrame), fit) : undefined;
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
export async function decodeFirstFrame(bytes: Buffer, fit: Fit = 'crop'): Promise<FirstFrame> {
  const { width, height } = await refuseInvalid(() => inspectPicture(bytes));
  return {
    width,
    height,
    fitTo: (size) => refuseInvalid(async () => yuvOfRgb(await fitted(bytes, size, fit).raw().toBuffer(), size)),
    pngOf: (size) => refuseInvalid(async () => new Uint8Array(await fitted(bytes, size, fit).png().toBuffer())),
  };
}

function fitted(bytes: Buffer, { width, height }: Size, fit: Fit): ReturnType<typeof openPicture> {
  const how = fit === 'pad' ? ({ fit: 'contain', background: '#000000' } as const) : ({ fit: 'cover' } as const);
  return openPicture(bytes)
    .resize(width, height, { ...how, position: 'centre' })
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
