import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AdoptRestoredResponse,
  ListOwedRequest,
  ListOwedResponse,
  ListParkedRequest,
  ListParkedResponse,
  ListRestoredResponse,
  ListUndeliveredRequest,
  ListUndeliveredResponse,
  ReplayParkedRequest,
  ReplayParkedResponse,
  RestoredShard,
} from '@usvideo/contracts/events';
import { lostEvents, type EpochDivergence } from '../restored-log';
import type { Consuming } from '../transport';

const LIST_MAX = 500;

/** What a service hears: a `Consuming` for each topic. */
export const CONSUMING = Symbol('consuming');

/** A consumer's `usvideo.events.v1.ParkedEventsService`, of all topics that it hears. */
@Controller()
export class ParkedEventsController {
  constructor(@Inject(CONSUMING) private readonly topics: readonly Consuming[]) {}

  @GrpcMethod('ParkedEventsService', 'listParked')
  async listParked({ limit }: ListParkedRequest): Promise<ListParkedResponse> {
    const most = Math.min(Math.max(limit, 1), LIST_MAX);
    const parked = await this.ofEach(async (consuming) =>
      (await consuming.parked(most)).map((event) => ({ topic: consuming.topic, ...event })),
    );
    return { events: parked.slice(0, most) };
  }

  @GrpcMethod('ParkedEventsService', 'replayParked')
  async replayParked({ streamId }: ReplayParkedRequest): Promise<ReplayParkedResponse> {
    const answers = await this.ofEach(async (consuming) => [
      await consuming.replay(streamId === '' ? undefined : streamId),
    ]);
    return {
      replayed: BigInt(answers.reduce((sum, { replayed }) => sum + replayed, 0)),
      stillParked: answers.flatMap(({ stillParked }) => [...stillParked]),
    };
  }

  /** For a gateway of the version before. */
  @GrpcMethod('ParkedEventsService', 'listOwed')
  listOwed(request: ListOwedRequest): Promise<ListOwedResponse> {
    return this.listUndelivered(request);
  }

  @GrpcMethod('ParkedEventsService', 'listUndelivered')
  async listUndelivered({ heardWithinSeconds }: ListUndeliveredRequest): Promise<ListUndeliveredResponse> {
    return {
      topic: this.topics.map(({ topic }) => topic).join(', '),
      differences: await this.ofEach((consuming) => consuming.unheard(heardWithinSeconds * 1_000)),
    };
  }

  @GrpcMethod('ParkedEventsService', 'listRestored')
  async listRestored(): Promise<ListRestoredResponse> {
    return {
      shards: await this.ofEach(async (consuming) =>
        (await consuming.restored()).map((divergence) => shown(consuming.topic, divergence)),
      ),
    };
  }

  @GrpcMethod('ParkedEventsService', 'adoptRestored')
  async adoptRestored(): Promise<AdoptRestoredResponse> {
    return {
      shards: await this.ofEach(async (consuming) =>
        (await consuming.adopt()).map((divergence) => shown(consuming.topic, divergence)),
      ),
    };
  }

  /** One topic after the other, so that they do not take each other's connections. */
  private async ofEach<T>(ask: (consuming: Consuming) => Promise<T[]>): Promise<T[]> {
    const answers: T[] = [];
    for (const consuming of this.topics) answers.push(...(await ask(consuming)));
    return answers;
  }
}

function shown(topic: string, divergence: EpochDivergence): RestoredShard {
  const { heard, epoch, shared } = divergence;
  return {
    topic,
    shard: heard.shard,
    heardEpoch: heard.epoch,
    heardSeq: heard.seq,
    epoch,
    sharedSeq: shared?.seq,
    lost: lostEvents(divergence),
  };
}
