import type { CreateJob } from '@usvideo/contracts/scheduler';
import type { FastifyRequest } from 'fastify';
import { type CreateVideo, parseCreateVideo, urlsOf } from './create-video';
import type { Caller } from '../access/caller';
import type { DataUri } from './first-frame';
import { parseQuery } from '../validation/query';
import { type FaultDetail, Refusal, invalidRequest } from '../refusals/refusal';
import { requestHash } from './request-hash';
import { readIdempotencyKey } from '../access/request-headers';
import { noQuery } from '../http/requests';
import type { FirstFrameStore } from './first-frame.store';
import type { UploadedFileStore } from './uploaded-file.store';
import type { UrlGuard } from './url-guard.client';
import { callerOf } from '../access/request-state.http';

/** Turns a request into an order for the scheduler: read, guarded, its picture stored. */
export class VideoOrders {
  constructor(private readonly urls: UrlGuard, private readonly firstFrames: FirstFrameStore, private readonly files: UploadedFileStore) {}

  /** @throws Refusal invalid_request with all faults of query, headers, body and URLs. */
  async read(request: FastifyRequest): Promise<CreateJob> {
    const caller = callerOf(request);
    const faults: FaultDetail[] = [];
    collect(faults, () => parseQuery(noQuery, request.query));
    const idempotencyKey = collect(faults, () => readIdempotencyKey(request.headers['idempotency-key']));
    const video = collect(faults, () => parseCreateVideo(request.body));
    faults.push(...(await this.faultsOfUrls(request.body)));
    if (faults.length > 0 || !video || idempotencyKey === undefined) throw invalidRequest(faults);
    const { terms, content } = await this.withFirstFrame(video, caller);
    return {
      accountId: caller.accountId, environment: caller.environment, apiKeyId: caller.keyId,
      idempotencyKey, requestSha256: requestHash(request.body),
      terms, seedGiven: video.seedGiven, content, deadlineSeconds: video.deadlineSeconds, quoteId: video.quoteId,
    };
  }

  private async faultsOfUrls(body: unknown): Promise<FaultDetail[]> {
    const urls = urlsOf(body);
    if (urls.length === 0) return [];
    const refusals = await Promise.all(urls.map(({ url }) => this.urls.refusalOf(url)));
    return refusals.flatMap((refusal, index) => (refusal ? [{ field: urls[index]!.field, message: `cannot be used: ${refusal}` }] : []));
  }

  /** An uploaded picture is in the store before anything else knows of the job. */
  private async withFirstFrame({ terms, content, firstFrame }: CreateVideo, caller: Caller): Promise<Pick<CreateVideo, 'terms' | 'content'>> {
    if (firstFrame === undefined || firstFrame.kind === 'url') return { terms, content };
    const stored = firstFrame.kind === 'upload'
      ? await this.firstFrames.put(firstFrame.image, firstFrame.field)
      : await this.firstFrames.putFrom(() => this.uploaded(caller, firstFrame), firstFrame.field);
    return {
      terms: { ...terms, aspectRatio: terms.aspectRatio || stored.aspectRatio },
      content: { ...content, firstFrame: content.firstFrame ?? stored.reference, firstFrameKey: stored.key },
    };
  }

  /** The job gets the picture as its own, so that it has it however long it waits and whatever becomes of the file. */
  private async uploaded(caller: Caller, { id, field }: { id: string; field: string }): Promise<DataUri> {
    const picture = await this.files.picture(caller, id);
    if (!picture) throw invalidRequest([{ field, message: 'names no file of yours: it was deleted, or its time is over' }]);
    return picture;
  }
}

/** A fault that names fields waits for the others; any other refusal is an answer by itself. */
function collect<T>(faults: FaultDetail[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || !error.extras.details) throw error;
    faults.push(...error.extras.details);
    return undefined;
  }
}
