import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { RestoredShard } from '@usvideo/contracts/events';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseQuery } from '../validation/query';
import { Refusal } from '../refusals/refusal';
import { adminOwedQuery, adminParkedQuery, adminReplayRequest, noQuery } from '../http/requests';
import { validate } from '../validation/schema';
import { Peers } from '../peers/peers.client';
import { sendObject } from '../access/request-state.http';
import { OperatorOrders } from './operator-orders.client';

/** Each parked event is handled in a transaction of its own. */
const REPLAYED_WITHIN_MS = 10 * 60_000;
const LISTED = 100;
/** The rest of every shard's log is read, until something is owed. */
const COMPARED_WITHIN_MS = 60_000;
const HEARD_WITHIN_SECONDS = 600;
const ADOPTED_WITHIN_MS = 60_000;

/** What consumers of events are owed, have set aside or cannot go on with, and how it is mended. */
@Controller('admin/v1')
export class AdminEventsController {
  constructor(private readonly peers: Peers, private readonly orders: OperatorOrders) {}

  @Get('consumers/:consumer/parked')
  async parked(@Param('consumer') consumer: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { limit = LISTED } = parseQuery(adminParkedQuery, request.query);
    const { events } = await call(this.consumer(consumer), 'listParked', { limit });
    sendObject(reply, 200, {
      consumer, data: events.map(({ topic, shard, seq, streamId, kind, reason, parkedAt }) => ({
        topic, shard, seq: Number(seq), stream_id: streamId, kind, reason, parked_at: parkedAt?.toISOString() ?? null,
      })),
    });
  }

  @Get('consumers/:consumer/owed')
  async owed(@Param('consumer') consumer: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { heard_within_seconds: heardWithinSeconds = HEARD_WITHIN_SECONDS } = parseQuery(adminOwedQuery, request.query);
    const { topic, differences } = await call(this.consumer(consumer), 'listOwed', { heardWithinSeconds }, { deadlineMs: COMPARED_WITHIN_MS });
    sendObject(reply, 200, { consumer, topic, ok: differences.length === 0, differences });
  }

  @Post('consumers/:consumer/replay')
  async replay(@Param('consumer') consumer: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { stream_id: streamId = '' } = validate(adminReplayRequest, request.body ?? {});
    const parked = this.consumer(consumer);
    await this.orders.record(request, { action: 'replay_ordered', subject: consumer, order: { streamId } });
    const { replayed, stillParked } = await call(parked, 'replayParked', { streamId }, { deadlineMs: REPLAYED_WITHIN_MS });
    sendObject(reply, 200, { consumer, replayed: Number(replayed), still_parked: stillParked });
  }

  @Get('consumers/:consumer/restored')
  async restored(@Param('consumer') consumer: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { shards } = await call(this.consumer(consumer), 'listRestored', {});
    sendObject(reply, 200, { consumer, data: shards.map(shown) });
  }

  @Post('consumers/:consumer/adopt')
  async adopt(@Param('consumer') consumer: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const parked = this.consumer(consumer);
    await this.orders.record(request, { action: 'adoption_ordered', subject: consumer, order: {} });
    const { shards } = await call(parked, 'adoptRestored', {}, { deadlineMs: ADOPTED_WITHIN_MS });
    sendObject(reply, 200, { consumer, adopted: shards.map(shown) });
  }

  private consumer(name: string): Peers['parked'][keyof Peers['parked']] {
    const { parked } = this.peers;
    if (!Object.hasOwn(parked, name)) throw new Refusal('not_found', `There is no consumer "${name}": they are ${Object.keys(parked).join(', ')}.`);
    return parked[name as keyof typeof parked];
  }
}

function shown({ topic, shard, heardEpoch, heardSeq, epoch, sharedSeq, lost }: RestoredShard): object {
  return {
    topic, shard, heard_epoch: heardEpoch, heard_seq: Number(heardSeq), epoch, shared_seq: sharedSeq === undefined ? null : Number(sharedSeq), lost: lost === undefined ? null : Number(lost),
  };
}
