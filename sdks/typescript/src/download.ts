import {
  ConflictError,
  ConnectionError,
  errorOf,
  GoneError,
  TimeoutError,
  USVideoError,
  VideoNotCompletedError,
} from './errors.ts';
import { hasEnded } from './follow.ts';
import { abortedBy, pause } from './pause.ts';
import { delayMs } from './retry.ts';
import type { Transport } from './transport.ts';
import type { Video } from './types.ts';

export interface DownloadProgress {
  readonly bytes: number;
  /** Undefined when the server does not say. */
  readonly totalBytes: number | undefined;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

interface Piece extends DownloadProgress {
  readonly chunk: Uint8Array;
}

/** The bytes of a job's file from `from` on. What is cut goes on where it was; a link that ran out is asked for anew. */
export async function* pieces(
  transport: Transport,
  id: string,
  from: number,
  { signal, onProgress }: DownloadOptions,
): AsyncGenerator<Piece, void, undefined> {
  const place = { bytes: from, totalBytes: undefined as number | undefined, etag: undefined as string | undefined };
  for (let failures = 0; ;) {
    const url = await linkOf(transport, id, signal);
    try {
      for await (const chunk of read(transport, url, place, signal)) {
        failures = 0;
        place.bytes += chunk.length;
        onProgress?.({ bytes: place.bytes, totalBytes: place.totalBytes });
        yield { chunk, bytes: place.bytes, totalBytes: place.totalBytes };
      }
      return;
    } catch (thrown) {
      if (signal?.aborted) throw abortedBy(signal);
      const error = thrown as USVideoError;
      const mayPass =
        error instanceof ConnectionError || [403, 404, 429].includes(error.status ?? 0) || (error.status ?? 0) >= 500;
      if (!mayPass || ++failures > transport.config.maxRetries) throw error;
      await pause(delayMs(failures, error.retryAfterMs, Math.random()), signal);
    }
  }
}

/** @throws what says why there is no file. */
async function linkOf(transport: Transport, id: string, signal: AbortSignal | undefined): Promise<string> {
  const video = await transport.json<Video>({ method: 'GET', path: `/v1/videos/${encodeURIComponent(id)}`, signal });
  if (video.video_url !== null) return video.video_url;
  if (!hasEnded(video))
    throw new ConflictError({
      code: 'job_not_ended',
      message: `${id} is ${video.status}: wait for it first.`,
      jobStatus: video.status,
    });
  if (video.status !== 'completed') throw new VideoNotCompletedError(video);
  throw new GoneError({ code: 'video_expired', message: `The file of ${id} is not kept any more.` });
}

interface Place {
  readonly bytes: number;
  totalBytes: number | undefined;
  etag: string | undefined;
}

/** @throws ConnectionError when it ends before the file does. */
async function* read(
  transport: Transport,
  url: string,
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const from = place.bytes;
  const controller = new AbortController();
  const forward = () => controller.abort();
  signal?.addEventListener('abort', forward, { once: true });
  const patience = new Patience(transport.config.timeoutMs, controller);
  try {
    const range: Record<string, string> =
      from === 0 ? {} : { range: `bytes=${from}-`, ...(place.etag === undefined ? {} : { 'if-range': place.etag }) };
    // The link is the permission: the key is for the platform only, and this may be another host.
    const response = await transport.config.fetch(url, { headers: range, signal: controller.signal });
    if (response.status === 416 && response.headers.get('content-range') === `bytes */${from}`) return;
    if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
    learn(response, place);
    let skip = response.status === 206 ? 0 : from;
    let at = response.status === 206 ? from : 0;
    for await (const chunk of chunksOf(response)) {
      patience.renew();
      at += chunk.length;
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      if (fresh.length > 0) yield fresh;
    }
    if (place.totalBytes !== undefined && at < place.totalBytes)
      throw new Error(`it ended after ${at} of ${place.totalBytes} bytes`);
  } catch (error) {
    if (error instanceof USVideoError) throw error;
    if (patience.ranOut)
      throw new TimeoutError({
        code: 'timeout',
        message: `The file did not go on for ${transport.config.timeoutMs} ms`,
        cause: error,
      });
    throw new ConnectionError({
      code: 'connection_error',
      message: `The download was cut: ${String((error as Error).message)}`,
      cause: error,
    });
  } finally {
    patience.end();
    signal?.removeEventListener('abort', forward);
    // Whoever stops reading early lets go of the connection.
    controller.abort();
  }
}

function learn(response: Response, place: Place): void {
  const etag = response.headers.get('etag') ?? undefined;
  if (place.etag !== undefined && etag !== undefined && place.etag !== etag) {
    throw new USVideoError({ code: 'unexpected_response', message: 'The file changed while it was downloaded.' });
  }
  place.etag ??= etag;
  const total =
    response.status === 206
      ? /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]
      : response.headers.get('content-length');
  if (total) place.totalBytes = Number(total);
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return;
    yield value;
  }
}

/** Aborts when nothing came for a while. */
class Patience {
  ranOut = false;
  private readonly ms: number;
  private readonly controller: AbortController;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, controller: AbortController) {
    this.ms = ms;
    this.controller = controller;
    this.renew();
  }

  renew(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.ranOut = true;
      this.controller.abort();
    }, this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
