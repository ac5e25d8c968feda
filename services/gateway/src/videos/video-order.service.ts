import { sniffPicture } from '@usvideo/artifacts';
import { refusalIn } from '@usvideo/contracts/names';
import { type CreateJob, type CreateJobAnswer, CreateRefusal } from '@usvideo/contracts/scheduler';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller';
import type { RateLimiter } from '../limits/rate-limiter.client';
import { readIdempotencyKey } from '../access/request-headers';
import { callerOf } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import type { Peers } from '../peers/peers.client';
import { createRefusal } from '../refusals/create-refusal';
import { type FaultDetail, Refusal, invalidRequest } from '../refusals/refusal';
import { parseQuery } from '../validation/query';
import { createJob } from './create-job.client';
import { spendCreate } from '../access/create-rate.client';
import { type CreateVideo, parseCreateVideo, urlsOf } from './create-video';
import type { FirstFrameStore, StoredFirstFrame } from '../files/first-frame.store';
import { requestHash } from './request-hash';
import type { UploadedFileStore } from '../files/uploaded-file.store';
import type { UrlGuard } from './url-guard.client';
import { shortfallOf } from './affordable.client';

export interface VideoOrdersOptions {
  readonly peers: Peers;
  readonly limiter: RateLimiter;
  readonly urls: UrlGuard;
  readonly firstFrames: FirstFrameStore;
  readonly files: UploadedFileStore;
  readonly supportUrl: string;
}

interface ReadOrder {
  readonly caller: Caller;
  readonly order: CreateJob;
  readonly firstFrame: CreateVideo['firstFrame'];
}

/** Turns a request into an order for the scheduler and places it. */
export class VideoOrders {
  constructor(private readonly options: VideoOrdersOptions) {}

  /**
   * @param idempotencyKey instead of that of the request's header
   * @throws Refusal invalid_request with all faults of query, headers, body and URLs; whatever the scheduler refuses.
   */
  async place(
    request: FastifyRequest,
    body: unknown = request.body,
    idempotencyKey?: string,
  ): Promise<CreateJobAnswer> {
    const read = await this.read(request, body, idempotencyKey);
    const { order, firstFrame } = read;
    const answer =
      firstFrame === undefined || firstFrame.kind === 'url'
        ? await this.give(request, order)
        : await this.placeWithPicture(request, read, firstFrame);
    if (refusalIn(CreateRefusal, answer) !== undefined) throw createRefusal(answer, this.options.supportUrl);
    request.gateway.jobId = answer.jobId;
    return answer;
  }

  /**
   * Nothing is stored for an order that would be refused: its rate is spent and its balance looked at before. An order under an
   * idempotency key may be a repetition of one that was accepted, so that only the scheduler can judge it.
   */
  private async placeWithPicture(
    request: FastifyRequest,
    { caller, order }: ReadOrder,
    picture: Picture,
  ): Promise<CreateJobAnswer> {
    const { firstFrames, limiter, supportUrl } = this.options;
    const isNew = order.idempotencyKey === '';
    if (isNew) await spendCreate(limiter, request, supportUrl);
    const shortfall = await shortfallOf(this.options.peers, caller, order);
    if (isNew && shortfall) return { ...shortfall, rate: undefined };
    const stored = await this.stored(caller, picture);
    const answer = await this.give(request, { ...withPicture(order, stored), rateSpent: isNew });
    if (refusalIn(CreateRefusal, answer) !== undefined || answer.replayed) await firstFrames.discard(stored);
    return answer;
  }

  private async stored(caller: Caller, picture: Picture): Promise<StoredFirstFrame> {
    const { firstFrames, files } = this.options;
    const { accountId } = caller;
    if (picture.kind === 'file')
      return firstFrames.putFrom(accountId, () => files.picture(caller, picture.id, picture.field), picture.field);
    return firstFrames.put(accountId, await firstFrames.look(accountId, picture.image, picture.field));
  }

  /** From here on the outcome may be unknown, and then it is a 503, whatever the rate is. */
  private async give(request: FastifyRequest, order: CreateJob): Promise<CreateJobAnswer> {
    const { peers, limiter } = this.options;
    const state = request.gateway;
    state.judgement ??= limiter.lastKnown(callerOf(request), 'creates');
    const answer = await createJob(peers.exchange, order);
    if (!order.rateSpent)
      state.judgement = limiter.judged(
        callerOf(request),
        refusalIn(CreateRefusal, answer) !== 'rate_limit_exceeded',
        answer.rate,
        answer.retryAfterMs,
      );
    return answer;
  }

  private async read(request: FastifyRequest, body: unknown, key: string | undefined): Promise<ReadOrder> {
    const caller = callerOf(request);
    const faults: FaultDetail[] = [];
    collect(faults, () => parseQuery(noQuery, request.query));
    const idempotencyKey = collect(faults, () => key ?? readIdempotencyKey(request.headers['idempotency-key']));
    const video = collect(faults, () => parseCreateVideo(body));
    if (video?.firstFrame?.kind === 'upload' && !sniffPicture(video.firstFrame.image.bytes)) {
      faults.push({ field: video.firstFrame.field, message: 'must be a PNG, JPEG or WebP image' });
    }
    faults.push(...(await this.faultsOfUrls(caller, body)));
    if (faults.length > 0 || !video || idempotencyKey === undefined) throw invalidRequest(faults);
    const { terms, content, seedGiven, deadlineSeconds, quoteId, firstFrame } = video;
    const order = {
      accountId: caller.accountId,
      environment: caller.environment,
      apiKeyId: caller.keyId,
      idempotencyKey,
      requestSha256: requestHash(body),
      terms,
      seedGiven,
      content,
      deadlineSeconds,
      quoteId,
      rateSpent: false,
    };
    return { caller, order, firstFrame };
  }

  private async faultsOfUrls({ accountId }: Caller, body: unknown): Promise<FaultDetail[]> {
    const urls = urlsOf(body);
    if (urls.length === 0) return [];
    const refusals = await Promise.all(urls.map(({ url }) => this.options.urls.refusalOf(accountId, url)));
    return refusals.flatMap((refusal, index) =>
      refusal ? [{ field: urls[index]!.field, message: `cannot be used: ${refusal}` }] : [],
    );
  }
}

type Picture = CreateVideo['firstFrame'] & { readonly kind: 'upload' | 'file' };

function withPicture(order: CreateJob, stored: StoredFirstFrame): CreateJob {
  return {
    ...order,
    terms: { ...order.terms!, aspectRatio: order.terms!.aspectRatio || stored.aspectRatio },
    content: {
      ...order.content!,
      firstFrame: order.content!.firstFrame ?? stored.reference,
      firstFrameKey: stored.key,
    },
  };
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
