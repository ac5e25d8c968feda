import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Metadata } from '@grpc/grpc-js';
import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  EventLogServiceClient,
  EventLogServiceService,
  type ReadEventsRequest,
  type ReadEventsResponse,
} from '@usvideo/contracts/events';
import { LedgerServiceClient, LedgerServiceService } from '@usvideo/contracts/ledger';
import { eventually, Signal, TcpProxy } from '@usvideo/testing';
import { call, dial } from './grpc-client';
import { startGrpcServer, type RunningGrpcServer } from './grpc-server';
import { grpcError, hasStatus, status } from './grpc-status';
import { createLogger } from '../log/logger';
import { rpcRequests } from '../metrics/metrics';
import { currentTraceparent, inSpan, traceIdOf } from '../tracing/tracing';

const logger = createLogger('test', 'silent');
const logged = jest.spyOn(logger, 'error');
let stuck: Signal;
let nobody: EventLogServiceClient;

@Controller()
class EventLogController {
  @GrpcMethod('EventLogService', 'readEvents')
  async readEvents(request: ReadEventsRequest): Promise<ReadEventsResponse> {
    if (request.topic === 'refused') throw grpcError(status.INVALID_ARGUMENT, 'the topic has no such shard');
    if (request.topic === 'away') throw new Error('the database is away');
    if (request.topic === 'callee') return call(nobody, 'readEvents', ask());
    if (request.topic === 'broken') throw new Error('the password is hunter2');
    if (request.topic === 'stuck') {
      stuck.emit();
      await new Promise(() => undefined);
    }
    const payload = Buffer.alloc(request.limit);
    return {
      events: payload.length === 0 ? [] : [{ ...EMPTY_EVENT, payload }],
      epoch: currentTraceparent(),
      more: false,
    };
  }
}

const EMPTY_EVENT = {
  epoch: '',
  shard: 0,
  seq: 1n,
  eventId: '',
  previousEventId: '',
  streamId: '',
  version: 1n,
  accountId: '',
  environment: '',
  kind: '',
  traceparent: '',
  recordedAt: new Date(0),
};

@Module({ controllers: [EventLogController] })
class TinyModule {}

const services = {
  'usvideo.events.v1.EventLogService': EventLogServiceService,
  'usvideo.ledger.v1.LedgerService': LedgerServiceService,
};
const ask = (more: Partial<ReadEventsRequest> = {}): ReadEventsRequest => ({
  topic: '',
  shard: 0,
  afterSeq: 0n,
  limit: 0,
  ...more,
});
const outcome = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => 'answered',
    (error: unknown) => error,
  );

describe.each(['unix', 'tcp'])('a gRPC server over %s', (kind) => {
  let directory: string;
  let server: RunningGrpcServer;
  let client: EventLogServiceClient;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'grpc-'));
    const listen = kind === 'unix' ? `unix:${join(directory, 'tiny.sock')}` : '127.0.0.1:0';
    server = await startGrpcServer({
      module: TinyModule,
      listen,
      services,
      logger,
      passes: (error) => String(error).includes('away'),
    });
    client = dial(EventLogServiceClient, server.address);
    nobody = dial(EventLogServiceClient, `unix:${join(directory, 'nobody.sock')}`);
  });
  afterAll(async () => {
    client.close();
    nobody.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('answers inside the trace of its caller', async () => {
    const [mine, answer] = await inSpan(
      'test',
      {},
      async () => [traceIdOf(), await call(client, 'readEvents', ask())] as const,
    );
    expect(mine).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf(answer.epoch)).toBe(mine);
  });

  it('starts a trace for a caller without one', async () => {
    expect(traceIdOf((await call(client, 'readEvents', ask())).epoch)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('carries a refusal with its status and words', async () => {
    const error = await outcome(call(client, 'readEvents', ask({ topic: 'refused' })));
    expect(hasStatus(error, status.INVALID_ARGUMENT)).toBe(true);
    expect(error).toMatchObject({ details: 'the topic has no such shard' });
  });

  it('tells nothing of what a bug said', async () => {
    const error = await outcome(call(client, 'readEvents', ask({ topic: 'broken' })));
    expect(hasStatus(error, status.INTERNAL)).toBe(true);
    expect(String(error)).not.toContain('hunter2');
  });

  it.each([
    ['away', 'database'],
    ['callee', 'nobody.sock'],
  ])('says that it is away when what it needs is: %s', async (topic, unsaid) => {
    logged.mockClear();
    const error = await outcome(call(client, 'readEvents', ask({ topic })));
    expect(hasStatus(error, status.UNAVAILABLE)).toBe(true);
    expect(String(error)).not.toContain(unsaid);
    expect(logged).not.toHaveBeenCalled();
  });

  it('logs a bug once, with its method, and a refusal never', async () => {
    logged.mockClear();
    await outcome(call(client, 'readEvents', ask({ topic: 'refused' })));
    await outcome(call(client, 'readEvents', ask({ topic: 'broken' })));
    expect(logged.mock.calls).toEqual([
      [
        { err: new Error('the password is hunter2'), method: '/usvideo.events.v1.EventLogService/ReadEvents' },
        'a call failed',
      ],
    ]);
  });

  it('gives up at the deadline', async () => {
    stuck = new Signal('the call has arrived');
    const error = await outcome(call(client, 'readEvents', ask({ topic: 'stuck' }), { deadlineMs: 100 }));
    expect(hasStatus(error, status.DEADLINE_EXCEEDED)).toBe(true);
  });

  it('carries 15 MiB and refuses 17', async () => {
    const answer = await call(client, 'readEvents', ask({ limit: 15 * 1024 * 1024 }));
    expect(answer.events[0]!.payload).toHaveLength(15 * 1024 * 1024);
    const error = await outcome(call(client, 'readEvents', ask({ limit: 17 * 1024 * 1024 })));
    expect(hasStatus(error, status.RESOURCE_EXHAUSTED)).toBe(true);
  });

  it('serves several packages; a method without a handler is unimplemented', async () => {
    const ledger = dial(LedgerServiceClient, server.address);
    const error = await outcome(call(ledger, 'getBalance', { accountId: 'acc_1' }));
    expect(hasStatus(error, status.UNIMPLEMENTED)).toBe(true);
    ledger.close();
  });

  it('counts what it answered', async () => {
    const { values } = await rpcRequests.get();
    const counted = values.find(({ labels }) => labels.method === 'ReadEvents' && labels.status === 'INVALID_ARGUMENT');
    expect(counted).toMatchObject({ labels: { service: 'usvideo.events.v1.EventLogService' } });
    expect(counted!.value).toBeGreaterThan(0);
  });
});

describe('a gRPC server', () => {
  const start = (listen: string, graceMs = 2_000) =>
    startGrpcServer({ module: TinyModule, listen, services, logger, graceMs });

  it.each([
    '0.0.0.0:7001',
    '[::]:7001',
    '10.0.0.1:7001',
    'ledger:7001',
    '127.0.0.1',
    'unix:',
    'localhost.evil.example:1',
  ])('refuses to listen on %s', async (listen) => {
    await expect(start(listen)).rejects.toThrow('loopback');
  });

  it('says that its port is taken', async () => {
    const first = await start('127.0.0.1:0');
    await expect(start(first.address)).rejects.toThrow('EADDRINUSE');
    await first.stop();
  });

  it('takes over the socket of a process that was killed, but not of one that lives', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'grpc-'));
    const path = join(directory, 'left.sock');
    await leaveSocketBehind(path);
    const server = await start(`unix:${path}`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(start(`unix:${path}`)).rejects.toThrow('EADDRINUSE');
    const client = dial(EventLogServiceClient, server.address);
    await call(client, 'readEvents', ask());
    client.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('stops twice, and cuts what does not end within its grace', async () => {
    const server = await start('127.0.0.1:0', 50);
    const client = dial(EventLogServiceClient, server.address);
    stuck = new Signal('the call has arrived');
    const cut = outcome(call(client, 'readEvents', ask({ topic: 'stuck' })));
    await stuck.wait();
    await Promise.all([server.stop(), server.stop()]);
    expect(hasStatus(await cut, status.OK)).toBe(false);
    client.close();
  });

  it('is found again by a client after a restart', async () => {
    const first = await start('127.0.0.1:0');
    const client = dial(EventLogServiceClient, first.address);
    await call(client, 'readEvents', ask());
    await first.stop();
    expect(hasStatus(await outcome(call(client, 'readEvents', ask())), status.UNAVAILABLE)).toBe(true);
    const second = await start(first.address);
    await eventually(() => call(client, 'readEvents', ask()), { what: 'the client finds the new server' });
    client.close();
    await second.stop();
  });

  it('is found over a new connection by a client whose first was taken and then never answered', async () => {
    const server = await start('127.0.0.1:0');
    const proxy = await TcpProxy.to(`tcp://${server.address}`);
    proxy.delay(60_000, ['client']);
    const client = dial(EventLogServiceClient, proxy.address);
    const ready = promisify(client.waitForReady.bind(client))(Date.now() + 20_000);
    await eventually(() => proxy.bytes > 0, { what: 'the client to connect' });
    proxy.mute();
    proxy.delay(0);
    await ready;
    await call(client, 'readEvents', ask());
    client.close();
    await proxy.stop();
    await server.stop();
  }, 30_000);

  it('ignores a trace that is not one', async () => {
    const server = await start('127.0.0.1:0');
    const client = dial(EventLogServiceClient, server.address);
    const metadata = new Metadata();
    metadata.set('traceparent', 'nonsense');
    const epoch = await new Promise<string>((resolve, reject) => {
      client.readEvents(ask(), metadata, (error, answer) => (error === null ? resolve(answer.epoch) : reject(error)));
    });
    expect(traceIdOf(epoch)).toMatch(/^[0-9a-f]{32}$/);
    client.close();
    await server.stop();
  });
});

/** A process that dies without closing its socket, as after kill -9. */
async function leaveSocketBehind(path: string): Promise<void> {
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program, path]), 'exit');
  await stat(path);
}
