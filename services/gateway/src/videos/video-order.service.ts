import { sniffPicture } from '@usvideo/artifacts';
import type { CreateJob, CreateJobAnswer } from '@usvideo/contracts/scheduler';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller';
import type { RateLimiter } from '../access/rate-limiter.client';
import { readIdempotencyKey } from '../access/request-headers';
import { callerOf } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import type { Peers } from '../peers/peers.client';
import { createRefusal, rateLimitExceeded } from '../refusals/create-refusal';
import { type FaultDetail, Refusal, invalidRequest } from '../refusals/refusal';
import { parseQuery } from '../validation/query';
import { createJob } from './create-job.client';
import { type CreateVideo, parseCreateVideo, urlsOf } from './create-video';
import type { FirstFrameStore, SeenFirstFrame, StoredFirstFrame } from './first-frame.store';
import { requestHash } from './request-hash';
import type { UrlGuard } from './url-guard.client';
import { shortfallOf } from './affordable.client';

export interface VideoOrdersOptions {
  readonly peers: Peers;
  readonly limiter: RateLimiter;
  readonly urls: UrlGuard;
  readonly firstFrames: FirstFrameStore;
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
    const answer =
      read.firstFrame?.kind === 'upload'
        ? await this.placeWithUpload(request, read, read.firstFrame)
        : await this.give(request, read.order);
    if (answer.refusal) throw createRefusal(answer, this.options.supportUrl);
    request.gateway.jobId = answer.jobId;
    return answer;
  }

  /**
   * Nothing is stored for an order that would be refused: its rate is spent and its balance looked at before. An order under an
   * idempotency key may be a repetition of one that was accepted, so that only the scheduler can judge it.
   */
  private async placeWithUpload(
    request: FastifyRequest,
    { caller, order }: ReadOrder,
    upload: Upload,
  ): Promise<CreateJobAnswer> {
    const { firstFrames } = this.options;
    const isNew = order.idempotencyKey === '';
    if (isNew) await this.spendRate(request, caller);
    const shortfall = await shortfallOf(this.options.peers, caller, order);
    if (isNew && shortfall) return { ...shortfall, rate: undefined };
    const seen = await firstFrames.look(caller.accountId, upload.image, upload.field);
    const stored = await firstFrames.put(caller.accountId, seen);
    const answer = await this.give(request, { ...withPicture(order, seen, stored), rateSpent: isNew });
    if (answer.refusal || answer.replayed) await firstFrames.discard(stored);
    return answer;
  }

  private async spendRate(request: FastifyRequest, caller: Caller): Promise<void> {
    const judgement = await this.options.limiter.spend(caller, 'creates');
    request.gateway.judgement = judgement;
    if (!judgement.allowed) throw rateLimitExceeded(judgement.retryAfterMs, this.options.supportUrl);
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
        answer.refusal !== 'rate_limit_exceeded',
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

type Upload = CreateVideo['firstFrame'] & { readonly kind: 'upload' };

function withPicture(order: CreateJob, seen: SeenFirstFrame, stored: StoredFirstFrame): CreateJob {
  return {
    ...order,
    terms: { ...order.terms!, aspectRatio: order.terms!.aspectRatio || seen.aspectRatio },
    content: { ...order.content!, firstFrame: stored.reference, firstFrameKey: stored.key },
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
