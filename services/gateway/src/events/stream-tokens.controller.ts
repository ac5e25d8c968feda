import { Controller, HttpCode, Options, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { requireScope } from '../access/access.http';
import type { Caller } from '../access/caller';
import { KeyCaller } from '../access/parameters.http';
import { sealStreamToken } from '../access/stream-token';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { getJob } from '../videos/get-job.client';
import { STREAM_SECONDS, streamTokenRequest } from './event-requests';

/** Lets a customer's page follow one job or the feed without a key. */
@Controller('v1')
export class StreamTokensController {
  constructor(private readonly peers: Peers, private readonly settings: Settings) {}

  @Post('stream-tokens')
  @HttpCode(201)
  async create(
    @KeyCaller() caller: Caller, @ValidBody(streamTokenRequest, {}) { job_id: jobId = '', expires_in: seconds = STREAM_SECONDS }: Valid<typeof streamTokenRequest>,
  ): Promise<object> {
    const { accountId, environment, keyId } = caller;
    requireScope(caller, jobId === '' ? 'webhooks' : 'videos');
    if (jobId !== '') await getJob(this.peers.exchange, { accountId, environment, jobId });
    const expiresAt = new Date(Date.now() + seconds * 1_000);
    const token = sealStreamToken(this.settings.linkSecret, { accountId, environment, keyId, jobId, expiresAt });
    const path = jobId === '' ? '/v1/events' : `/v1/videos/${jobId}/events`;
    return { object: 'stream_token', token, job_id: jobId || null, url: `${this.settings.publicUrl}${path}?token=${token}`, expires_at: expiresAt.toISOString() };
  }

  @Options('events')
  preflightFeed(@Res() reply: FastifyReply): void {
    answerPreflight(reply);
  }

  @Options('videos/:id/events')
  preflightJob(@Res() reply: FastifyReply): void {
    answerPreflight(reply);
  }
}

function answerPreflight(reply: FastifyReply): void {
  reply.code(204).headers({
    'access-control-allow-methods': 'GET', 'access-control-allow-headers': 'Accept, Cache-Control, Last-Event-ID', 'access-control-max-age': '86400',
  }).send();
}
