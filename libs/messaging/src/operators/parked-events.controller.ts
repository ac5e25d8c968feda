import { Controller, type Type } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AdoptRestoredResponse, ListOwedRequest, ListOwedResponse, ListParkedRequest, ListParkedResponse, ListRestoredResponse, ReplayParkedRequest,
  ReplayParkedResponse, RestoredShard,
} from '@usvideo/contracts/events';
import { lostEvents, type EpochDivergence } from '../restored-log';
import type { Consuming } from '../transport';

const LIST_MAX = 500;

/** The Nest controller of a consumer's `usvideo.events.v1.ParkedEventsService`. */
export function parkedEventsController(consuming: Consuming): Type {
  @Controller()
  class ParkedEventsController {
    @GrpcMethod('ParkedEventsService', 'listParked')
    async listParked({ limit }: ListParkedRequest): Promise<ListParkedResponse> {
      const parked = await consuming.parked(Math.min(Math.max(limit, 1), LIST_MAX));
      return { events: parked.map((event) => ({ topic: consuming.topic, ...event })) };
    }

    @GrpcMethod('ParkedEventsService', 'replayParked')
    async replayParked({ streamId }: ReplayParkedRequest): Promise<ReplayParkedResponse> {
      const { replayed, stillParked } = await consuming.replay(streamId === '' ? undefined : streamId);
      return { replayed: BigInt(replayed), stillParked: [...stillParked] };
    }

    @GrpcMethod('ParkedEventsService', 'listOwed')
    async listOwed({ heardWithinSeconds }: ListOwedRequest): Promise<ListOwedResponse> {
      const differences = await consuming.unheard(new Date(Date.now() - heardWithinSeconds * 1_000));
      return { topic: consuming.topic, differences };
    }

    @GrpcMethod('ParkedEventsService', 'listRestored')
    async listRestored(): Promise<ListRestoredResponse> {
      return { shards: (await consuming.restored()).map((divergence) => shown(consuming.topic, divergence)) };
    }

    @GrpcMethod('ParkedEventsService', 'adoptRestored')
    async adoptRestored(): Promise<AdoptRestoredResponse> {
      return { shards: (await consuming.adopt()).map((divergence) => shown(consuming.topic, divergence)) };
    }
  }
  return ParkedEventsController;
}

function shown(topic: string, divergence: EpochDivergence): RestoredShard {
  const { heard, epoch, shared } = divergence;
  return { topic, shard: heard.shard, heardEpoch: heard.epoch, heardSeq: heard.seq, epoch, sharedSeq: shared?.seq, lost: lostEvents(divergence) };
}
