import { Controller, Options, Post } from '@nestjs/common';
import type { Caller } from '../identity/caller';
import { requireScope } from '../access/access.http';
import { KeyCaller } from '../access/parameters.http';
import { sealStreamToken } from '../identity/stream-token';
import { Answer } from '../http/answer';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { getJob } from '../videos/get-job.client';
import { STREAM_SECONDS, streamTokenRequest } from './event-requests';

const PREFLIGHT = new Answer(
  undefined,
  {
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'Accept, Cache-Control, Last-Event-ID',
    'access-control-max-age': '86400',
  },
  204,
);

/** Lets a customer's page follow one job or the feed without a key. */
@Controller('v1')
export class StreamTokensController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Post('stream-tokens')
  async create(
    @KeyCaller() caller: Caller,
    @ValidBody(streamTokenRequest, {})
    { job_id: jobId = '', expires_in: seconds = STREAM_SECONDS }: Valid<typeof streamTokenRequest>,
  ): Promise<object> {
    const { accountId, environment, keyId } = caller;
    requireScope(caller, jobId === '' ? 'webhooks' : 'videos');
    if (jobId !== '') await getJob(this.peers.exchange, { accountId, environment, jobId });
    const issuedAt = new Date();
    const expiresAt = new Date(issuedAt.getTime() + seconds * 1_000);
    const token = sealStreamToken(this.settings.linkSecret, { accountId, environment, keyId, jobId, expiresAt });
    const path = jobId === '' ? '/v1/events' : `/v1/videos/${jobId}/events`;
    return {
      object: 'stream_token',
      token,
      job_id: jobId || null,
      url: `${this.settings.publicUrl}${path}?token=${token}`,
      expires_at: expiresAt.toISOString(),
    };
  }

  @Options('events')
  preflightFeed(): Answer {
    return PREFLIGHT;
  }

  @Options('videos/:id/events')
  preflightJob(): Answer {
    return PREFLIGHT;
  }
}
