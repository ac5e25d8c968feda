import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { RestoredShard } from '@usvideo/contracts/events';
import { call, hasStatus, status } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { Refusal } from '../refusals/refusal';
import { adminParkedQuery, adminReplayRequest, adminUndeliveredQuery } from '../http/requests';
import { Peers } from '../peers/peers.client';
import { OperatorOrders } from '../operators/operator-orders.client';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';

/** Each parked event is handled in a transaction of its own. */
const REPLAYED_WITHIN_MS = 10 * 60_000;
const LISTED = 100;
/** The rest of every shard's log is read, until something is found. */
const COMPARED_WITHIN_MS = 60_000;
const HEARD_WITHIN_SECONDS = 600;
const ADOPTED_WITHIN_MS = 60_000;

/** What consumers of events were not delivered, have set aside or cannot go on with, and how it is mended. */
@Controller('admin/v1')
export class AdminEventsController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: OperatorOrders,
  ) {}

  @Get('consumers/:consumer/parked')
  async parked(
    @Param('consumer') consumer: string,
    @ValidQuery(adminParkedQuery) { limit = LISTED }: Valid<typeof adminParkedQuery>,
  ): Promise<object> {
    const { events } = await call(this.consumer(consumer), 'listParked', { limit });
    return {
      consumer,
      data: events.map(({ topic, shard, seq, streamId, kind, reason, parkedAt }) => ({
        topic,
        shard,
        seq: Number(seq),
        stream_id: streamId,
        kind,
        reason,
        parked_at: parkedAt?.toISOString() ?? null,
      })),
    };
  }

  @Get('consumers/:consumer/undelivered')
  async undelivered(
    @Param('consumer') consumer: string,
    @ValidQuery(adminUndeliveredQuery)
    { heard_within_seconds: heardWithinSeconds = HEARD_WITHIN_SECONDS }: Valid<typeof adminUndeliveredQuery>,
  ): Promise<object> {
    const parked = this.consumer(consumer);
    const within = { deadlineMs: COMPARED_WITHIN_MS };
    const { topic, differences } = await call(parked, 'listUndelivered', { heardWithinSeconds }, within).catch(
      (error: unknown) => {
        if (!hasStatus(error, status.UNIMPLEMENTED)) throw error;
        // Of the version before.
        return call(parked, 'listOwed', { heardWithinSeconds }, within);
      },
    );
    return { consumer, topic, ok: differences.length === 0, differences };
  }

  /** Its name of before. */
  @Get('consumers/:consumer/owed')
  owed(
    @Param('consumer') consumer: string,
    @ValidQuery(adminUndeliveredQuery) query: Valid<typeof adminUndeliveredQuery>,
  ): Promise<object> {
    return this.undelivered(consumer, query);
  }

  @Post('consumers/:consumer/replay')
  @HttpCode(200)
  async replay(
    @Param('consumer') consumer: string,
    @ValidBody(adminReplayRequest, {}) { stream_id: streamId = '' }: Valid<typeof adminReplayRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const parked = this.consumer(consumer);
    await this.orders.record(by, { action: 'replay_ordered', subject: consumer, order: { streamId } });
    const { replayed, stillParked } = await call(
      parked,
      'replayParked',
      { streamId },
      { deadlineMs: REPLAYED_WITHIN_MS },
    );
    return { consumer, replayed: Number(replayed), still_parked: stillParked };
  }

  @Get('consumers/:consumer/restored')
  async restored(@Param('consumer') consumer: string): Promise<object> {
    const { shards } = await call(this.consumer(consumer), 'listRestored', {});
    return { consumer, data: shards.map(shown) };
  }

  @Post('consumers/:consumer/adopt')
  @HttpCode(200)
  async adopt(@Param('consumer') consumer: string, @ByOperator() by: ActingOperator): Promise<object> {
    const parked = this.consumer(consumer);
    await this.orders.record(by, { action: 'adoption_ordered', subject: consumer, order: {} });
    const { shards } = await call(parked, 'adoptRestored', {}, { deadlineMs: ADOPTED_WITHIN_MS });
    return { consumer, adopted: shards.map(shown) };
  }

  private consumer(name: string): Peers['parked'][keyof Peers['parked']] {
    const { parked } = this.peers;
    if (!Object.hasOwn(parked, name))
      throw new Refusal('not_found', `There is no consumer "${name}": they are ${Object.keys(parked).join(', ')}.`);
    return parked[name as keyof typeof parked];
  }
}

function shown({ topic, shard, heardEpoch, heardSeq, epoch, sharedSeq, lost }: RestoredShard): object {
  return {
    topic,
    shard,
    heard_epoch: heardEpoch,
    heard_seq: Number(heardSeq),
    epoch,
    shared_seq: sharedSeq === undefined ? null : Number(sharedSeq),
    lost: lost === undefined ? null : Number(lost),
  };
}
