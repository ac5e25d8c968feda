import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Dialect, EngineJob, ListedJob } from './dialect';
import { readEngineJob, readListedJobs } from './dialect';

/** What is asked of an engine, in the words of the protocol. */
export interface Submission {
  readonly fields: Readonly<Record<string, string | number>>;
  /** A PNG. */
  readonly image?: Uint8Array<ArrayBuffer> | undefined;
}

/** The engine answered with an error: below 500 it has done nothing. */
export class EngineAnswered extends Error {
  override readonly name = 'EngineAnswered';

  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** No answer, or none of this protocol: what the engine has done is not known. */
export class EngineSilent extends Error {
  override readonly name = 'EngineSilent';
}

export interface VideosClientOptions {
  readonly url: string;
  readonly dialect: Dialect;
  readonly apiKey?: string | undefined;
  /** For every call but the download. */
  readonly timeoutMs?: number;
  /** Without a byte of the video for this long, its download is given up. */
  readonly stallMs?: number;
}

const TIMEOUT_MS = 15_000;
const STALL_MS = 30_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const VIDEO_BYTES_MAX = 1024 * 1024 * 1024;
const COMPLAINT_CHARACTERS_MAX = 300;

/** One engine process, addressed directly: jobs live in its memory, so behind a load balancer they would be lost. */
export class VideosClient {
  constructor(private readonly options: VideosClientOptions) {}

  async submit({ fields, image }: Submission): Promise<EngineJob> {
    const { dialect } = this.options;
    const form = image ? dialect.body.image : dialect.body.text;
    const body = form === 'json' ? jsonOf(fields, dialect, image) : formOf(fields, dialect, image);
    return understood(readEngineJob, await this.json('POST', '/v1/videos', body));
  }

  async job(id: string): Promise<EngineJob> {
    return understood(readEngineJob, await this.json('GET', `/v1/videos/${id}`));
  }

  async list(): Promise<ListedJob[]> {
    return understood(readListedJobs, await this.json('GET', '/v1/videos'));
  }

  /** Resolves too when the engine does not know the job. */
  async delete(id: string): Promise<void> {
    try {
      await this.call('DELETE', `/v1/videos/${id}`, { signal: AbortSignal.timeout(this.timeoutMs) });
    } catch (error) {
      if (!(error instanceof EngineAnswered && error.status === 404)) throw error;
    }
  }

  /** @throws EngineSilent | EngineAnswered when the engine cannot take work. */
  async checkHealth(): Promise<void> {
    await this.call('GET', this.options.dialect.healthPath, { signal: AbortSignal.timeout(this.timeoutMs) });
  }

  async download(id: string, file: string, signal: AbortSignal): Promise<void> {
    const stalled = new AbortController();
    const stall = () => stalled.abort(new EngineSilent('the video stopped coming'));
    let timer = setTimeout(stall, this.options.stallMs ?? STALL_MS);
    const watched = new Transform({
      transform: (chunk: Buffer, _, done) => {
        clearTimeout(timer);
        timer = setTimeout(stall, this.options.stallMs ?? STALL_MS);
        done(null, chunk);
      },
    });
    try {
      const ending = AbortSignal.any([signal, stalled.signal]);
      const response = await this.call('GET', `/v1/videos/${id}/content`, { signal: ending });
      await pipeline(bounded(response, VIDEO_BYTES_MAX), watched, createWriteStream(file), { signal: ending });
    } catch (error) {
      signal.throwIfAborted();
      throw asEngineError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? TIMEOUT_MS;
  }

  private async json(method: string, path: string, body?: FormData | string): Promise<unknown> {
    const response = await this.call(method, path, {
      signal: AbortSignal.timeout(this.timeoutMs),
      ...(body !== undefined && { body }),
      ...(typeof body === 'string' && { headers: { 'content-type': 'application/json' } }),
    });
    const text = await textOf(response).catch((error: unknown) => {
      throw asEngineError(error);
    });
    return understood(JSON.parse, text);
  }

  private async call(method: string, path: string, init: RequestInit): Promise<Response> {
    const { url, apiKey } = this.options;
    const headers = { ...init.headers, ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
    // An engine that redirects is not the one that was configured.
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      ...init,
      method,
      headers,
      redirect: 'manual',
    }).catch((error: unknown) => {
      throw asEngineError(error);
    });
    if (response.ok) return response;
    const complaint = await textOf(response).catch(() => '');
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    throw new EngineAnswered(
      response.status,
      `${method} ${path} was answered ${response.status}: ${complaint.slice(0, COMPLAINT_CHARACTERS_MAX)}`,
      Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    );
  }
}

function jsonOf(fields: Submission['fields'], { imageField }: Dialect, image: Submission['image']): string {
  const reference = image && { [imageField]: `data:image/png;base64,${Buffer.from(image).toString('base64')}` };
  return JSON.stringify({ ...fields, ...reference });
}

function formOf(fields: Submission['fields'], { imageField }: Dialect, image: Submission['image']): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  if (image) form.set(imageField, new Blob([image], { type: 'image/png' }), 'first-frame.png');
  return form;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(response, ANSWER_BYTES_MAX)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function* bounded(response: Response, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of response.body ? Readable.fromWeb(response.body as never) : []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > bytesMax) throw new EngineSilent(`the engine sent more than ${bytesMax} bytes`);
    yield chunk as Uint8Array;
  }
}

function understood<Input, T>(read: (given: Input) => T, given: Input): T {
  try {
    return read(given);
  } catch (error) {
    throw new EngineSilent(`the engine does not speak the protocol: ${(error as Error).message}`, { cause: error });
  }
}

function asEngineError(error: unknown): Error {
  if (error instanceof EngineSilent || error instanceof EngineAnswered) return error;
  const { message, cause } = error as Error;
  return new EngineSilent(`the engine does not answer: ${cause instanceof Error ? cause.message : message}`, {
    cause: error,
  });
}
