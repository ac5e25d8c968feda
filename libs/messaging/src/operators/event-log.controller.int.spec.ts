import { status } from '@grpc/grpc-js';
import { Module } from '@nestjs/common';
import { EventLogServiceClient, EventLogServiceService } from '@usvideo/contracts/events';
import { inTransaction, mintEpoch, shardOf } from '@usvideo/event-store';
import { call, dial, hasStatus, startGrpcServer, type RunningGrpcServer } from '@usvideo/runtime';
import { pino } from 'pino';
import { EventLogController, PUBLISHED_LOG } from './event-log.controller';
import { LocalTransport } from '../local/local-transport';
import { remoteLog } from '../remote-log';
import { ACCOUNT, ELSEWHERE, TOPIC, World } from '../conformance/world.fixture';

const SHARD = shardOf(ACCOUNT);

let world: World;
let server: RunningGrpcServer;
let client: EventLogServiceClient;

beforeAll(async () => {
  world = await World.open({
    name: 'local',
    open: async (_, logger) => ({ transport: new LocalTransport({ logger }), stop: async () => undefined }),
  });
  @Module({
    controllers: [EventLogController],
    providers: [{ provide: PUBLISHED_LOG, useValue: { topic: TOPIC, database: world.publisherDatabase } }],
  })
  class PublisherModule {}
  server = await startGrpcServer({
    module: PublisherModule,
    listen: '127.0.0.1:0',
    services: { 'usvideo.events.v1.EventLogService': EventLogServiceService },
    logger: pino({ level: 'silent' }),
  });
  client = dial(EventLogServiceClient, server.address);
  await world.append('s', ['1', '2', '3']);
  await world.append('t', ['1'], ELSEWHERE);
});

afterAll(async () => {
  client.close();
  await server.stop();
  await world.close();
});

test("a publisher's log reads the same from afar", async () => {
  const positions = new Map([
    [shardOf(ACCOUNT), 1n],
    [shardOf(ELSEWHERE), 0n],
  ]);
  const near = await world.log().page(positions, 10);
  const far = await remoteLog(client, TOPIC).page(positions, 10);
  const comparable = (page: typeof near) =>
    page.events
      .map((event) => ({ ...event, payload: Buffer.from(event.payload).toString() }))
      .sort((a, b) => a.shard - b.shard);
  expect(far.epoch).toBe(near.epoch);
  expect(comparable(far)).toEqual(comparable(near));
  expect(far.events).toHaveLength(3);
});

test('where an ended epoch ends reads the same from afar', async () => {
  const ended = await world.log().epoch();
  const { eventId } = (await world.log().read(shardOf(ACCOUNT), 2n, 1))[0]!;
  expect(await remoteLog(client, TOPIC).endOf(ended, shardOf(ACCOUNT))).toBeUndefined();
  await inTransaction(world.publisherDatabase, (tx) => mintEpoch(tx));
  expect(await remoteLog(client, TOPIC).endOf(ended, shardOf(ACCOUNT))).toEqual({ seq: 3n, eventId });
  expect(await remoteLog(client, TOPIC).endOf('another', shardOf(ACCOUNT))).toBeUndefined();
});

test('a page is as long as asked for, at least 1', async () => {
  const read = (limit: number) =>
    call(client, 'readEvents', { topic: TOPIC, shard: shardOf(ACCOUNT), afterSeq: 0n, limit }).then(
      ({ events }) => events.length,
    );
  expect(await read(2)).toBe(2);
  expect(await read(0)).toBe(1);
});

test('a page is bounded in bytes: what is larger is read in several', async () => {
  const sizes = [600, 700, 760, 1].map((kibibytes) => kibibytes * 1_024);
  const read = async (afterSeq: bigint) => {
    const { events, more } = await remoteLog(client, TOPIC).page(new Map([[SHARD, afterSeq]]), 500);
    return { sizes: events.map((event) => event.payload.length), more: more.has(SHARD), last: events.at(-1)?.seq };
  };
  const before = (await read(0n)).last!;
  await world.appendPayloads(
    'large',
    sizes.map((size) => Buffer.alloc(size, 1)),
  );
  expect(await read(before)).toEqual({ sizes: [sizes[0]], more: true, last: before + 1n });
  expect(await read(before + 1n)).toEqual({ sizes: [sizes[1]], more: true, last: before + 2n });
  expect(await read(before + 2n)).toEqual({ sizes: [sizes[2], sizes[3]], more: false, last: before + 4n });
});

test.each([
  ["another publisher's topic", { topic: 'usvideo.other.v1', shard: 0 }, status.NOT_FOUND],
  ['a shard that does not exist', { topic: TOPIC, shard: 16 }, status.INVALID_ARGUMENT],
])('%s is refused', async (_, request, expected) => {
  const answers = [
    call(client, 'readEvents', { afterSeq: 0n, limit: 1, ...request }),
    call(client, 'readEpochEnd', { epoch: '', ...request }),
  ];
  for (const answer of answers)
    expect(
      hasStatus(
        await answer.then(
          () => undefined,
          (failed: unknown) => failed,
        ),
        expected,
      ),
    ).toBe(true);
});
