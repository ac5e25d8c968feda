import {
  APICallError,
  type JSONValue,
  type SharedV4ProviderMetadata,
  type Experimental_VideoModelV4 as VideoModelV4,
  type Experimental_VideoModelV4CallOptions as VideoModelV4CallOptions,
} from '@ai-sdk/provider';
import { type USVideo, USVideoError, type Video } from '../../typescript/src/index.ts';
import { requestOf } from './request.ts';

type Headers = Record<string, string | undefined> | undefined;
type Start = VideoModelV4CallOptions & { readonly webhookUrl?: string };

const NOT_PASSED_ON = ['idempotency-key', 'user-agent'];

/** One model of the platform. Requests are repeated by the client inside, so the AI SDK is told not to repeat them as well. */
export class USVideoModel implements VideoModelV4 {
  readonly specificationVersion = 'v4';
  readonly provider = 'usvideo.video';
  readonly maxVideosPerCall = 1;
  readonly modelId: string;
  private readonly client: () => USVideo;

  constructor(modelId: string, client: () => USVideo) {
    this.modelId = modelId;
    this.client = client;
  }

  async doGenerate(call: VideoModelV4CallOptions) {
    const { operation, warnings } = await this.doStart(call);
    const video = await this.asked(() => this.client().videos.wait(operation.id, { signal: call.abortSignal }));
    if (video.status !== 'completed') throw new Error(reasonOf(video));
    return {
      videos: [await this.fileOf(video, call.abortSignal)],
      warnings,
      providerMetadata: metadataOf(video),
      response: this.responseOf(video),
    };
  }

  async doStart(call: Start) {
    const { request, warnings } = requestOf(this.modelId, call);
    const body = call.webhookUrl === undefined ? request : { ...request, webhook_url: call.webhookUrl };
    const video = await this.asked(() =>
      this.client().videos.create(body, {
        signal: call.abortSignal,
        headers: passedOn(call.headers),
        idempotencyKey: headerOf(call.headers, 'idempotency-key'),
      }),
    );
    return {
      operation: { id: video.id },
      warnings,
      providerMetadata: metadataOf(video),
      response: this.responseOf(video),
    };
  }

  async doStatus({
    operation,
    abortSignal,
    headers,
  }: {
    operation: JSONValue;
    abortSignal?: AbortSignal;
    headers?: Headers;
  }) {
    const { id } = operation as { id: string };
    const video = await this.asked(() =>
      this.client().videos.retrieve(id, { signal: abortSignal, headers: passedOn(headers) }),
    );
    const about = { providerMetadata: metadataOf(video), response: this.responseOf(video) };
    if (video.status === 'completed')
      return { status: 'completed' as const, videos: [await this.fileOf(video, abortSignal)], warnings: [], ...about };
    if (video.status === 'failed' || video.status === 'cancelled')
      return { status: 'error' as const, error: reasonOf(video), ...about };
    return { status: 'pending' as const, ...about };
  }

  async handleWebhookOption({ webhook }: Parameters<NonNullable<VideoModelV4['handleWebhookOption']>>[0]) {
    const { url, received } = await webhook();
    return { webhookUrl: url, received };
  }

  /** The bytes: the AI SDK refuses links into private networks, where a platform of one's own may well be. */
  private async fileOf(video: Video, signal: AbortSignal | undefined) {
    const chunks: Uint8Array[] = [];
    await this.asked(async () => {
      for await (const chunk of this.client().videos.content(video, { signal })) chunks.push(chunk);
    });
    const data = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      data.set(chunk, at);
      at += chunk.length;
    }
    return { type: 'binary' as const, data, mediaType: 'video/mp4' };
  }

  private responseOf({ model, created_at: createdAt }: Video) {
    return { timestamp: new Date(createdAt), modelId: model, headers: undefined };
  }

  private async asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof USVideoError) || error.status === undefined) throw error;
      throw new APICallError({
        message: `${error.code}: ${error.message}`,
        url: '/v1/videos',
        requestBodyValues: {},
        statusCode: error.status,
        cause: error,
        isRetryable: false,
        data: { error: error.code, request_id: error.requestId, doc_url: error.docUrl, details: error.details },
      });
    }
  }
}

/** The job as the platform shows it, under `providerMetadata.usvideo`. */
function metadataOf(video: Video): SharedV4ProviderMetadata {
  return { usvideo: { video: video as unknown as JSONValue } };
}

function reasonOf({ id, status, error }: Video): string {
  return error === null ? `${id} was ${status}` : `${id} failed with ${error.code}: ${error.message}`;
}

function headerOf(headers: Headers, wanted: string): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function passedOn(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && !NOT_PASSED_ON.includes(pair[0].toLowerCase()),
    ),
  );
}
