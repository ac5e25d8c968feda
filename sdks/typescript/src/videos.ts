import { batch, type BatchOptions, type BatchResult } from './batch.ts';
import { createVideo, type CreateOptions } from './create-video.ts';
import { type DownloadOptions, pieces } from './download.ts';
import { VideoNotCompletedError } from './errors.ts';
import { type DownloadedFile, downloadToFile } from './file.ts';
import { follow, type FollowOptions, wait, type WaitOptions } from './follow.ts';
import { List } from './list.ts';
import { Resource } from './resource.ts';
import type { RequestOptions } from './transport.ts';
import type { CreateVideoRequest, Video, VideoStatus } from './types.ts';

export interface ListVideosQuery {
  /** 1 to 100, 20 by default: of one page. */
  readonly limit?: number;
  readonly offset?: number;
  readonly starting_after?: string;
  readonly status?: VideoStatus | readonly VideoStatus[];
  readonly created_after?: string;
  readonly created_before?: string;
  readonly end_user?: string;
}

type JobOrId = string | Pick<Video, 'id'>;

export class Videos extends Resource {
  /** Answers as soon as the price is held; see `wait`, or give a `webhook_url`. */
  create(request: CreateVideoRequest, options?: CreateOptions): Promise<Video> {
    return createVideo(this.transport, request, options);
  }

  /** @throws VideoNotCompletedError when it ends without a video. */
  async createAndWait(request: CreateVideoRequest, options: WaitOptions & CreateOptions = {}): Promise<Video> {
    const { onProgress: _onProgress, giveUpAfterMs: _giveUpAfterMs, mode: _mode, ...createOptions } = options;
    const { id } = await this.create(request, createOptions);
    const video = await this.wait(id, options);
    if (video.status !== 'completed') throw new VideoNotCompletedError(video);
    return video;
  }

  retrieve(id: string, options?: RequestOptions): Promise<Video> {
    return this.transport.json({ ...options, method: 'GET', path: pathOf(id) });
  }

  /** Newest first. */
  list(query: ListVideosQuery = {}, options?: RequestOptions): List<Video> {
    return new List(this.transport, '/v1/videos', { ...query }, options);
  }

  /** While it has not begun to render; what was held for it is released. */
  cancel(job: JobOrId, options?: RequestOptions): Promise<Video> {
    return this.transport.json({ ...options, method: 'POST', path: `${pathOf(job)}/cancel` });
  }

  /** The same as `cancel`, by DELETE. */
  delete(job: JobOrId, options?: RequestOptions): Promise<Video> {
    return this.transport.json({ ...options, method: 'DELETE', path: pathOf(job) });
  }

  /** Erases prompt, frame and file of a job that ended; money and times stay. */
  erase(job: JobOrId, options?: RequestOptions): Promise<Video> {
    return this.transport.json({ ...options, method: 'DELETE', path: `${pathOf(job)}/content` });
  }

  /** The job at its end, whatever that is; `onProgress` is told of each change. */
  wait(job: JobOrId, options?: WaitOptions): Promise<Video> {
    return wait(this.transport, idOf(job), options);
  }

  /** The job whenever it changed, its end last. */
  stream(job: JobOrId, options?: FollowOptions): AsyncGenerator<Video, void, undefined> {
    return follow(this.transport, idOf(job), options);
  }

  /** To a path, where the runtime has files; goes on with what an earlier try left. */
  download(job: JobOrId, path: string, options: DownloadOptions = {}): Promise<DownloadedFile> {
    return downloadToFile(this.transport, idOf(job), path, options);
  }

  /** The bytes of the file, from `from` on; goes on where it was when the connection is cut. */
  async *content(
    job: JobOrId,
    { from = 0, ...options }: DownloadOptions & { readonly from?: number } = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { chunk } of pieces(this.transport, idOf(job), from, options)) yield chunk;
  }

  /** Many videos, some at once, none lost to a 429. Texts are prompts. */
  batch(requests: readonly (CreateVideoRequest | string)[], options?: BatchOptions): Promise<BatchResult[]> {
    return batch(this.transport, requests, options);
  }
}

function idOf(job: JobOrId): string {
  return typeof job === 'string' ? job : job.id;
}

function pathOf(job: JobOrId): string {
  return `/v1/videos/${encodeURIComponent(idOf(job))}`;
}
