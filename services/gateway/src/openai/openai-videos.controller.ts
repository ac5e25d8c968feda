import { createHash, randomUUID } from 'node:crypto';
import { refusalIn } from '@usvideo/contracts/names';
import { JobRefusal } from '@usvideo/contracts/scheduler';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type ArtifactStore, verifyLink } from '@usvideo/artifacts';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller';
import { JobId, KeyCaller } from '../access/parameters.http';
import { Settings } from '../http/settings';
import { ARTIFACTS } from '../tokens';
import { Peers } from '../peers/peers.client';
import { knownJob } from '../peers/peer-answers.client';
import { Refusal, invalidRequest, videoExpired } from '../refusals/refusal';
import { pageOf } from '../validation/query';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { ArtifactDeletions } from '../files/artifact-deletions.loop';
import { getJob } from '../videos/get-job.client';
import { requestHash } from '../videos/request-hash';
import { VideoOrders } from '../videos/video-order.service';
import { nativeCreate } from './openai-request';
import { openAiContentQuery, openAiListQuery } from './openai-operations';
import { type NativeVideo, openAiVideo } from './openai-video';
import { SdkRetries } from './sdk-retries';

/** The OpenAI Videos protocol over the same orders, jobs and files: durable, billed and limited like the native API. */
@Controller('openai/v1/videos')
export class OpenAiVideosController {
  private readonly retries = new SdkRetries();

  constructor(
    private readonly peers: Peers,
    private readonly orders: VideoOrders,
    private readonly settings: Settings,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    private readonly deletions: ArtifactDeletions,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@KeyCaller() caller: Caller, @Req() request: FastifyRequest): Promise<object> {
    const native = nativeCreate(request.body);
    const { jobJson } = await this.orders.place(request, native, this.idempotencyKey(caller, request, native));
    return openAiVideo(JSON.parse(jobJson) as NativeVideo);
  }

  @Get()
  async list(
    @KeyCaller() { accountId, environment }: Caller,
    @ValidQuery(openAiListQuery) { limit, after, order }: Valid<typeof openAiListQuery>,
  ): Promise<object> {
    if (order === 'asc')
      throw invalidRequest([{ field: 'order', message: 'must be desc: videos are listed newest first' }]);
    const page = pageOf({ limit, starting_after: after }, /^job_[0-9A-Za-z]{1,60}$/);
    const found = await call(this.peers.scheduler, 'listJobs', {
      accountId,
      environment,
      ...page,
      statuses: [],
      endUser: '',
      createdAfter: undefined,
      createdBefore: undefined,
    });
    const data = found.jobJson.map((json) => openAiVideo(JSON.parse(json) as NativeVideo));
    return {
      object: 'list',
      data,
      first_id: data.at(0)?.['id'] ?? null,
      last_id: data.at(-1)?.['id'] ?? null,
      has_more: found.hasMore,
    };
  }

  @Get(':id')
  async retrieve(@KeyCaller() caller: Caller, @JobId() jobId: string): Promise<object> {
    return openAiVideo(await this.job(caller, jobId));
  }

  @Get(':id/content')
  async content(
    @KeyCaller() caller: Caller,
    @JobId() jobId: string,
    @ValidQuery(openAiContentQuery) { variant }: Valid<typeof openAiContentQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.job(caller, jobId);
    const link = variant === 'thumbnail' ? job.thumbnail_url : job.video_url;
    if (link === null)
      throw invalidRequest([{ field: 'video_id', message: `is a video that is ${job.status} and has no file` }]);
    const { pathname, search } = new URL(link);
    const target = verifyLink({ secret: this.settings.linkSecret, pathAndQuery: pathname + search, now: new Date() });
    const found = typeof target === 'string' ? undefined : await this.artifacts.stat(target.key);
    if (typeof target === 'string' || !found) throw videoExpired();
    reply.headers({
      'content-type': variant === 'thumbnail' ? 'image/jpeg' : 'video/mp4',
      'content-length': found.sizeBytes,
    });
    reply.send(this.artifacts.read(target.key));
  }

  /** The protocol's delete is an erasure here: the job and its money stay on the books. */
  @Delete(':id')
  async delete(@KeyCaller() { accountId, environment }: Caller, @JobId() jobId: string): Promise<object> {
    const answer = await knownJob(call(this.peers.scheduler, 'eraseContent', { accountId, environment, jobId }));
    if (refusalIn(JobRefusal, answer) !== undefined)
      throw new Refusal('job_not_ended', 'A video can be deleted once it has ended.');
    await this.deletions.discard(answer.artifactKeys);
    return { id: jobId, object: 'video.deleted', deleted: true };
  }

  @Post(':action')
  refuseAction(@Param('action') action: string): never {
    throw notOffered(action);
  }

  @Post(':id/:action')
  refuseActionOn(@Param('action') action: string): never {
    throw notOffered(action);
  }

  private async job({ accountId, environment }: Caller, jobId: string): Promise<NativeVideo> {
    const { jobJson } = await getJob(this.peers.exchange, { accountId, environment, jobId });
    return JSON.parse(jobJson) as NativeVideo;
  }

  private idempotencyKey({ keyId }: Caller, { headers }: FastifyRequest, native: object): string | undefined {
    if (headers['idempotency-key'] !== undefined) return undefined;
    const order = createHash('sha256').update(keyId).update(requestHash(native)).digest('base64');
    const tries = Number(headers['x-stainless-retry-count'] ?? 0);
    return this.retries.keyFor(order, tries >= 1, `openai-${randomUUID()}`, performance.now());
  }
}

function notOffered(action: string): Refusal {
  return new Refusal(
    'invalid_request',
    `This service does not offer ${/^[a-z_-]{1,32}$/.test(action) ? action : 'this'}; it creates, lists, downloads and deletes videos.`,
  );
}
