import { Controller, Module } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { EventLogServiceClient, EventLogServiceService, type ReadEventsResponse } from '@usvideo/contracts/events';
import {
  type ExchangeRequest,
  type ExchangeResponse,
  LedgerServiceClient,
  LedgerServiceService,
} from '@usvideo/contracts/ledger';
import { eventually, Signal } from '@usvideo/testing';
import { createLogger } from '../log/logger';
import { call, dial } from './grpc-client';
import { startGrpcServer, type RunningGrpcServer } from './grpc-server';
import { hasStatus, status } from './grpc-status';

const logger = createLogger('test', 'silent');
const ASK = { topic: '', shard: 0, afterSeq: 0n, limit: 0 };
const ANSWER: ReadEventsResponse = { events: [], epoch: 'answered', more: false };
const HOST = '127.0.0.1:0';
/** Everything but the time of day. */
const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

let answer: () => Promise<ReadEventsResponse>;
let streamed: Signal;

@Controller()
class RestartController {
  @GrpcMethod('EventLogService', 'readEvents')
  readEvents(): Promise<ReadEventsResponse> {
    return answer();
  }

  @GrpcStreamCall('LedgerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    stream.on('data', () => streamed.emit());
  }
}

@Module({ controllers: [RestartController] })
class RestartModule {}

const start = (listen: string): Promise<RunningGrpcServer> =>
  startGrpcServer({
    module: RestartModule,
    listen,
    services: {
      'usvideo.events.v1.EventLogService': EventLogServiceService,
      'usvideo.ledger.v1.LedgerService': LedgerServiceService,
    },
    logger,
  });

describe('a gRPC server that is replaced', () => {
  let client: EventLogServiceClient;

  beforeEach(() => {
    answer = async () => ANSWER;
    streamed = new Signal('the stream has been heard');
  });
  afterEach(() => client.close());

  it('answers what was under way when it was told to stop, after streams that nobody ends', async () => {
    const server = await start(HOST);
    client = dial(EventLogServiceClient, server.address);
    const ledger = dial(LedgerServiceClient, server.address);
    const stream = ledger.exchange();
    const cut = new Promise<unknown>((resolve) => stream.once('error', resolve));
    stream.write({ calls: [] });
    await streamed.wait();
    const [arrived, release] = [new Signal('the call has arrived'), new Signal('it may be answered')];
    answer = async () => {
      arrived.emit();
      await release.wait();
      return ANSWER;
    };
    const underWay = call(client, 'readEvents', ASK, { deadlineMs: 20_000 });
    await arrived.wait();
    const stopped = server.stop();
    expect(hasStatus(await cut, status.UNAVAILABLE)).toBe(true);
    release.emit();
    expect((await underWay).epoch).toBe('answered');
    await stopped;
    ledger.close();
  });

  it('is waited for by calls that found nobody, for a while', async () => {
    const first = await start(HOST);
    client = dial(EventLogServiceClient, first.address);
    await call(client, 'readEvents', ASK);
    await first.stop();
    const waiting = call(client, 'readEvents', ASK);
    const second = await start(first.address);
    expect((await waiting).epoch).toBe('answered');
    await second.stop();
  });

  it('is not waited for again while it stays away, also when the clock was set back', async () => {
    const gone = await start(HOST);
    client = dial(EventLogServiceClient, gone.address);
    await call(client, 'readEvents', ASK);
    await gone.stop();
    const failed = (error: unknown) => hasStatus(error, status.UNAVAILABLE);
    expect(failed(await call(client, 'readEvents', ASK).catch((error: unknown) => error))).toBe(true);
    jest.useFakeTimers({ doNotFake: [...TIMERS], now: Date.now() - 3_600_000 });
    try {
      // Whoever reads the time of day here waits for as long as the call may take: longer than this test.
      const again = call(client, 'readEvents', ASK, { deadlineMs: 600_000 }).catch((error: unknown) => error);
      expect(failed(await again)).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is left for another at once, and no call fails', async () => {
    const replicas = await Promise.all([start(HOST), start(HOST)]);
    client = dial(EventLogServiceClient, `ipv4:${replicas.map(({ address }) => address).join(',')}`);
    let [isAsking, answered] = [true, 0];
    const askers = Array.from({ length: 8 }, async () => {
      while (isAsking) {
        await call(client, 'readEvents', ASK);
        answered += 1;
      }
    });
    const more = (count: number) => {
      const before = answered;
      return eventually(() => answered >= before + count, { what: `${count} answers more`, deadlineMs: 60_000 });
    };
    for (const index of [0, 1]) {
      await more(100);
      const { address } = replicas[index]!;
      await replicas[index]!.stop();
      await more(100);
      replicas[index] = await start(address);
      await more(100);
    }
    isAsking = false;
    await Promise.all(askers);
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
});
