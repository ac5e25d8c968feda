import { Controller, Options, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireScope } from '../access/access.http';
import { callerOf, sendObject } from '../access/request-state.http';
import { sealStreamToken } from '../identity/stream-token';
import { noQuery } from '../http/requests';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { parseQuery } from '../validation/query';
import { validate } from '../validation/schema';
import { getJob } from '../videos/get-job.client';
import { STREAM_SECONDS, streamTokenRequest } from './event-requests';

/** Lets a customer's page follow one job or the feed without a key. */
@Controller('v1')
export class StreamTokensController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Post('stream-tokens')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { job_id: jobId = '', expires_in: seconds = STREAM_SECONDS } = validate(
      streamTokenRequest,
      request.body ?? {},
    );
    const { accountId, environment, keyId } = caller;
    requireScope(caller, jobId === '' ? 'webhooks' : 'videos');
    if (jobId !== '') await getJob(this.peers.exchange, { accountId, environment, jobId });
    const issuedAt = new Date();
    const expiresAt = new Date(issuedAt.getTime() + seconds * 1_000);
    const token = sealStreamToken(this.settings.linkSecret, { accountId, environment, keyId, jobId, expiresAt });
    const path = jobId === '' ? '/v1/events' : `/v1/videos/${jobId}/events`;
    sendObject(reply, 201, {
      object: 'stream_token',
      token,
      job_id: jobId || null,
      url: `${this.settings.publicUrl}${path}?token=${token}`,
      expires_at: expiresAt.toISOString(),
    });
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
  reply
    .code(204)
    .headers({
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'Accept, Cache-Control, Last-Event-ID',
      'access-control-max-age': '86400',
    })
    .send();
}
