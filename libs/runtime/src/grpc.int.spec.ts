import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metadata, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Module } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { EventLogServiceClient, EventLogServiceService, type ReadEventsRequest, type ReadEventsResponse } from '@usvideo/contracts/events';
import {
  LedgerServiceClient, LedgerServiceService, type ExchangeRequest, type ExchangeResponse, type LedgerAnswer, type LedgerCall,
} from '@usvideo/contracts/ledger';
import { ExchangeClient, ExchangeUnavailable } from './exchange-client';
import { serveExchange } from './exchange-server';
import { call, dial } from './grpc-client';
import { startGrpcServer, type RunningGrpcServer } from './grpc-server';
import { grpcError, hasStatus, status } from './grpc-status';
import { createLogger } from './logger';
import { metrics } from './metrics';
import { currentTraceparent, inSpan, traceIdOf } from './tracing';

const logger = createLogger('test', 'silent');

@Controller()
class TinyLedger {
  @GrpcMethod('EventLogService', 'readEvents')
  async readEvents(request: ReadEventsRequest): Promise<ReadEventsResponse> {
    if (request.shard > 15) throw grpcError(status.INVALID_ARGUMENT, 'shard is 0 to 15');
    if (request.shard < 0) throw new Error('the password is hunter2');
    return { events: [], epoch: currentTraceparent() };
  }

  @GrpcStreamCall('LedgerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    serveExchange<LedgerCall, LedgerAnswer>(stream, answerCall, logger);
  }
}

async function answerCall(item: LedgerCall): Promise<Omit<LedgerAnswer, 'callId'>> {
  if (item.call?.$case !== 'voidHold') throw new Error('only voids here');
  return { answer: { $case: 'voidHold', value: { refused: '', ...({} as object) } as never } };
}

@Module({ controllers: [TinyLedger] })
class TinyLedgerModule {}

const services = {
  'usvideo.events.v1.EventLogService': EventLogServiceService,
  'usvideo.ledger.v1.LedgerService': LedgerServiceService,
};

describe.each(['unix', 'tcp'])('a gRPC server over %s', (kind) => {
  let directory: string;
  let server: RunningGrpcServer;
  let client: EventLogServiceClient;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'grpc-'));
    const listen = kind === 'unix' ? `unix:${join(directory, 'tiny.sock')}` : '127.0.0.1:0';
    server = await startGrpcServer({ module: TinyLedgerModule, listen, services, logger });
    client = dial(EventLogServiceClient, server.address);
  });

  afterAll(async () => {
    client.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('answers a call inside the trace of its caller', async () => {
    const request = { topic: 'usvideo.ledger.v1', shard: 3, afterSeq: 0n, limit: 10 };
    const [mine, theirs] = await inSpan('test', {}, async () => [traceIdOf(), await call(client, 'readEvents', request)] as const);
    expect(mine).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf(theirs.epoch)).toBe(mine);
  });
});
