import {
  type EmbeddingModelV4,
  type ImageModelV4,
  type LanguageModelV4,
  NoSuchModelError,
  type ProviderV4,
  type Experimental_VideoModelV4 as VideoModelV4,
} from '@ai-sdk/provider';
import { USVideo } from '../../typescript/src/index.ts';
import { USVideoModel } from './video-model.ts';

export interface USVideoProviderSettings {
  /** Where the platform is; `USVIDEO_BASE_URL` by default. There is no default host. */
  readonly baseURL?: string;
  /** `USVIDEO_API_KEY` by default. */
  readonly apiKey?: string;
  readonly headers?: Record<string, string>;
  readonly fetch?: typeof globalThis.fetch;
}

export interface USVideoProvider extends ProviderV4 {
  (modelId?: string): VideoModelV4;
  /** A model of `GET /v1/models` by id or alias; `default` is the platform's first. */
  videoModel(modelId?: string): VideoModelV4;
  video(modelId?: string): VideoModelV4;
  languageModel(modelId: string): LanguageModelV4;
  embeddingModel(modelId: string): EmbeddingModelV4;
  imageModel(modelId: string): ImageModelV4;
}

/** Address and key are looked for at the first call, not when the module is loaded. */
export function createUSVideo(settings: USVideoProviderSettings = {}): USVideoProvider {
  let client: USVideo | undefined;
  const connect = () => {
    client ??= new USVideo({
      baseUrl: settings.baseURL,
      apiKey: settings.apiKey,
      headers: settings.headers,
      fetch: settings.fetch,
    });
    return client;
  };
  const videoModel = (modelId = 'default') => new USVideoModel(modelId, connect);
  const none =
    (modelType: 'languageModel' | 'embeddingModel' | 'imageModel') =>
    (modelId: string): never => {
      throw new NoSuchModelError({ modelId, modelType });
    };
  return Object.assign((modelId?: string) => videoModel(modelId), {
    specificationVersion: 'v4' as const,
    videoModel,
    video: videoModel,
    languageModel: none('languageModel'),
    embeddingModel: none('embeddingModel'),
    imageModel: none('imageModel'),
  });
}

export const usvideo: USVideoProvider = createUSVideo();
