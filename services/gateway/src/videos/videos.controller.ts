import { Controller, Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { ArtifactStore } from '@usvideo/artifacts';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createRefusal } from '../refusals/create-refusal';
import { pageOf, parseQuery, renderList } from '../validation/query';
import { dateOf } from '../validation/fields';
import { Refusal } from '../refusals/refusal';
import { readWaitSeconds } from '../access/request-headers';
import { listVideosQuery, noQuery, streamQuery } from '../http/requests';
import { createJob } from './create-job.client';
import { getJob } from './get-job.client';
import { Peers } from '../peers/peers.client';
import { RateLimiter } from '../access/rate-limiter.client';
import { jobEvents } from './job-events.http';
import { JobWaits } from './job-wait.service';
import { OpenStreams } from '../http/open-streams.http';
import { refuseBody, knownJob } from '../peers/peer-answers.client';
import { callerOf, jobIdOf, sendJson } from '../access/request-state.http';
import { openStream } from '../http/response-stream.http';
import { Settings } from '../http/settings';
import { ARTIFACTS } from '../http/tokens';
import { VideoOrders } from './video-order.service';

@Controller('v1/videos')
export class VideosController {
  constructor(
    private readonly peers: Peers,
    private readonly limiter: RateLimiter,
    private readonly orders: VideoOrders,
    private readonly waits: JobWaits,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const order = await this.orders.read(request);
    const answer = await createJob(this.peers.exchange, order);
    request.gateway.judgement = this.limiter.judged(caller, answer.refusal !== 'rate_limit_exceeded', answer.rate, answer.retryAfterMs);
    if (answer.refusal) throw createRefusal(answer, this.settings.supportUrl);
    const { jobId, jobJson } = answer;
    const json = await this.waits.untilEnd(caller, { jobId, status: '', json: jobJson }, readWaitSeconds(request.headers.prefer), reply);
    reply.header('location', `${this.settings.publicUrl}/v1/videos/${jobId}`);
    if (answer.replayed) reply.header('idempotent-replayed', 'true');
    sendJson(reply, 202, json);
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, environment } = callerOf(request);
    const query = parseQuery(listVideosQuery, request.query);
    const page = pageOf(query, /^job_[0-9A-Za-z]{1,60}$/);
    const found = await call(this.peers.scheduler, 'listJobs', {
      accountId, environment, ...page,
      statuses: query.status ?? [], endUser: query.end_user ?? '',
      createdAfter: dateOf(query.created_after), createdBefore: dateOf(query.created_before),
    });
    sendJson(reply, 200, renderList(page, found.jobJson, found.hasMore, found.nextCursor));
  }

  @Get(':id')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const jobId = jobIdOf(request);
    const { accountId, environment } = caller;
    const found = await getJob(this.peers.exchange, { accountId, environment, jobId });
    const seen = { jobId, status: found.status, json: found.jobJson };
    sendJson(reply, 200, await this.waits.untilEnd(caller, seen, readWaitSeconds(request.headers.prefer), reply));
  }

  @Get(':id/events')
  async events(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(streamQuery, request.query);
    const jobId = jobIdOf(request);
    const stream = openStream(this.streams, caller, reply, this.settings.supportUrl);
    try {
      const events = await knownJob(jobEvents(this.peers.scheduler, caller, jobId, lastEventIdOf(request), stream));
      if (events) {
        reply.code(200).headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }).send(events);
      } else {
        stream.close();
        reply.code(204).send();
      }
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  @Post(':id/cancel')
  async cancel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, environment, keyId } = callerOf(request);
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const answer = await knownJob(call(this.peers.scheduler, 'cancelJob', { accountId, environment, jobId: jobIdOf(request), apiKeyId: keyId }));
    if (answer.refusal) {
      throw new Refusal('job_not_cancellable', `A job that is ${answer.status} cannot be cancelled.`, { status: answer.status });
    }
    sendJson(reply, 200, answer.jobJson);
  }

  @Delete(':id')
  async delete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.cancel(request, reply);
  }

  @Delete(':id/content')
  async erase(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, environment } = callerOf(request);
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const answer = await knownJob(call(this.peers.scheduler, 'eraseContent', { accountId, environment, jobId: jobIdOf(request) }));
    if (answer.refusal) throw new Refusal('job_not_ended', 'Content can be erased once the job has ended; cancel it first.', { status: answer.status });
    await Promise.all(answer.artifactKeys.map((key) => this.artifacts.delete(key)));
    sendJson(reply, 200, answer.jobJson);
  }
}

/** Ids of events are ours: anything that cannot be one counts as none. */
function lastEventIdOf(request: FastifyRequest): string {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id) ? id : '';
}
