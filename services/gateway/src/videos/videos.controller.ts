import { Controller, Delete, Get, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { refusalIn } from '@usvideo/contracts/names';
import { JobRefusal } from '@usvideo/contracts/scheduler';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageOf, renderList } from '../validation/query';
import { dateOf } from '../validation/fields';
import { Refusal } from '../refusals/refusal';
import { listVideosQuery, streamQuery } from '../http/requests';
import { ArtifactDeletions } from '../files/artifact-deletions.loop';
import { getJob } from './get-job.client';
import { Peers } from '../peers/peers.client';
import { jobEvents } from './job-events.http';
import { JobWaits } from './job-wait.service';
import { OpenStreams } from '../streams/open-streams.http';
import { knownJob } from '../peers/peer-answers.client';
import { openStream } from '../streams/response-stream.http';
import { Settings } from '../http/settings';
import { VideoOrders } from './video-order.service';
import { JobId, KeyCaller, type PreferredWait, Prefers } from '../access/parameters.http';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';
import type { Caller } from '../identity/caller';

@Controller('v1/videos')
export class VideosController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: VideoOrders,
    private readonly waits: JobWaits,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    private readonly deletions: ArtifactDeletions,
  ) {}

  @Post()
  @HttpCode(202)
  async create(
    @KeyCaller() caller: Caller,
    @Prefers() wait: PreferredWait,
    @Req() request: FastifyRequest,
  ): Promise<Answer> {
    const { jobId, jobJson, replayed } = await this.orders.place(request);
    return this.waits.untilEnd(caller, { jobId, status: '', json: jobJson }, wait, {
      location: `${this.settings.publicUrl}/v1/videos/${jobId}`,
      ...(replayed && { 'idempotent-replayed': 'true' }),
    });
  }

  @Get()
  async list(
    @KeyCaller() { accountId, environment }: Caller,
    @ValidQuery(listVideosQuery) query: Valid<typeof listVideosQuery>,
  ): Promise<Answer> {
    const page = pageOf(query, /^job_[0-9A-Za-z]{1,60}$/);
    const found = await call(this.peers.scheduler, 'listJobs', {
      accountId,
      environment,
      ...page,
      statuses: query.status ?? [],
      endUser: query.end_user ?? '',
      createdAfter: dateOf(query.created_after),
      createdBefore: dateOf(query.created_before),
    });
    return new Answer(renderList(page, found.jobJson, found.hasMore, found.nextCursor));
  }

  @Get(':id')
  async get(@KeyCaller() caller: Caller, @JobId() jobId: string, @Prefers() wait: PreferredWait): Promise<Answer> {
    const { accountId, environment } = caller;
    const found = await getJob(this.peers.exchange, { accountId, environment, jobId });
    return this.waits.untilEnd(caller, { jobId, ...found, json: found.jobJson }, wait);
  }

  @Get(':id/events')
  async events(
    @KeyCaller() caller: Caller,
    @JobId() jobId: string,
    @ValidQuery(streamQuery) _: Valid<typeof streamQuery>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { accountId, environment } = caller;
    // Known before the answer begins, however long the watch is silent.
    await getJob(this.peers.exchange, { accountId, environment, jobId });
    const stream = openStream(this.streams, caller, reply, this.settings.supportUrl);
    try {
      const events = await knownJob(jobEvents(this.peers.watches, caller, jobId, eventIdOf(lastEventId), stream));
      if (events) {
        reply
          .code(200)
          .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
          .send(events);
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
  @HttpCode(200)
  async cancel(@KeyCaller() { accountId, environment, keyId }: Caller, @JobId() jobId: string): Promise<Answer> {
    const answer = await knownJob(
      call(this.peers.scheduler, 'cancelJob', { accountId, environment, jobId, apiKeyId: keyId }),
    );
    if (refusalIn(JobRefusal, answer) !== undefined) {
      throw new Refusal('job_not_cancellable', `A job that is ${answer.status} cannot be cancelled.`, {
        status: answer.status,
      });
    }
    return new Answer(answer.jobJson);
  }

  @Delete(':id')
  delete(@KeyCaller() caller: Caller, @JobId() jobId: string): Promise<Answer> {
    return this.cancel(caller, jobId);
  }

  @Delete(':id/content')
  async erase(@KeyCaller() { accountId, environment }: Caller, @JobId() jobId: string): Promise<Answer> {
    const answer = await knownJob(call(this.peers.scheduler, 'eraseContent', { accountId, environment, jobId }));
    if (refusalIn(JobRefusal, answer) !== undefined)
      throw new Refusal('job_not_ended', 'Content can be erased once the job has ended; cancel it first.', {
        status: answer.status,
      });
    await this.deletions.discard(answer.artifactKeys);
    return new Answer(answer.jobJson);
  }
}

/** Ids of events are ours: anything that cannot be one counts as none. */
function eventIdOf(id: string | undefined): string {
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : '';
}
