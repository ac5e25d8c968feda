import { status } from '@grpc/grpc-js';
import { Controller, type Type } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { ReadEpochEndRequest, ReadEpochEndResponse, ReadEventsRequest, ReadEventsResponse } from '@usvideo/contracts/events';
import { EventLog, SHARDS, type Database } from '@usvideo/event-store';
import { grpcError } from '@usvideo/runtime';

const READ_MAX = 500;

/** The Nest controller of a publisher's `usvideo.events.v1.EventLogService`. */
export function eventLogController(database: Database, topic: string): Type {
  const log = new EventLog(database);

  @Controller()
  class EventLogController {
    @GrpcMethod('EventLogService', 'readEvents')
    async readEvents(request: ReadEventsRequest): Promise<ReadEventsResponse> {
      checkPlace(request, topic);
      const limit = Math.min(Math.max(request.limit, 1), READ_MAX);
      const { epoch, events, more } = await log.page(new Map([[request.shard, request.afterSeq]]), limit);
      return { epoch, more: more.has(request.shard), events: events.map((event) => ({ ...event, payload: Buffer.from(event.payload) })) };
    }

    @GrpcMethod('EventLogService', 'readEpochEnd')
    async readEpochEnd(request: ReadEpochEndRequest): Promise<ReadEpochEndResponse> {
      checkPlace(request, topic);
      return { end: await log.endOf(request.epoch, request.shard) };
    }
  }
  return EventLogController;
}

function checkPlace(request: { readonly topic: string; readonly shard: number }, topic: string): void {
  if (request.topic !== topic) throw grpcError(status.NOT_FOUND, `this service publishes ${topic}`);
  if (request.shard < 0 || request.shard >= SHARDS) throw grpcError(status.INVALID_ARGUMENT, `a shard is 0 to ${SHARDS - 1}`);
}
