import { status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ReadEpochEndRequest,
  ReadEpochEndResponse,
  ReadEventsRequest,
  ReadEventsResponse,
} from '@usvideo/contracts/events';
import { EventLog, SHARDS } from '@usvideo/event-store';
import { grpcError } from '@usvideo/runtime';
import type { Publication } from '../transport';

const READ_MAX = 500;

/** Of which topic and database the log is: a `Publication`. */
export const PUBLISHED_LOG = Symbol('published log');

/** A publisher's `usvideo.events.v1.EventLogService`. */
@Controller()
export class EventLogController {
  private readonly log: EventLog;
  private readonly topic: string;

  constructor(@Inject(PUBLISHED_LOG) { topic, database }: Publication) {
    this.topic = topic;
    this.log = new EventLog(database);
  }

  @GrpcMethod('EventLogService', 'readEvents')
  async readEvents(request: ReadEventsRequest): Promise<ReadEventsResponse> {
    checkPlace(request, this.topic);
    const limit = Math.min(Math.max(request.limit, 1), READ_MAX);
    const { epoch, events, more } = await this.log.page(new Map([[request.shard, request.afterSeq]]), limit);
    return {
      epoch,
      more: more.has(request.shard),
      events: events.map((event) => ({ ...event, payload: Buffer.from(event.payload) })),
    };
  }

  @GrpcMethod('EventLogService', 'readEpochEnd')
  async readEpochEnd(request: ReadEpochEndRequest): Promise<ReadEpochEndResponse> {
    checkPlace(request, this.topic);
    return { end: await this.log.endOf(request.epoch, request.shard) };
  }
}

function checkPlace(request: { readonly topic: string; readonly shard: number }, topic: string): void {
  if (request.topic !== topic) throw grpcError(status.NOT_FOUND, `this service publishes ${topic}`);
  if (request.shard < 0 || request.shard >= SHARDS)
    throw grpcError(status.INVALID_ARGUMENT, `a shard is 0 to ${SHARDS - 1}`);
}
